"""Real shells on a terminal, which complete a line: what stands in it after the Tab key."""

import os
import pathlib
import pty
import select
import shutil
import signal
import time

COMPLETION = pathlib.Path(__file__).resolve().parent.parent / "completion"
PATIENCE = 300
DUMP_KEY = b"\x18d"  # Ctrl-X d


class Shell:
    """One shell; `line` is a file that its key binding writes the line to."""

    def __init__(self, words, startup, folder, variables):
        self.line = pathlib.Path(folder) / "line"
        self.ready = pathlib.Path(folder) / "ready"
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(words[0], words, {**os.environ, "TERM": "dumb", "HOME": str(folder), **variables})
        self._type(f"{startup}\necho > {self.ready}\n".encode())
        self._wait_for(self.ready)

    def _read(self, seconds):
        if select.select([self.terminal], [], [], seconds)[0]:
            try:
                return os.read(self.terminal, 65536)
            except OSError:
                return b""
        return b""

    def _type(self, keys):
        os.write(self.terminal, keys)

    def _wait_for(self, path, seconds=PATIENCE):
        end = time.monotonic() + seconds
        said = b""
        while not path.exists() or not path.read_bytes().endswith(b"\n"):
            said += self._read(0.02)
            assert time.monotonic() < end, f"no answer from the shell: {said.decode(errors='replace')}"

    def complete(self, line):
        """The line that Tab makes of `line`."""
        self.line.unlink(missing_ok=True)
        # Ctrl-A Ctrl-K empties the line; a key on its own is not taken for pasted text.
        for keys in (b"\x01\x0b", line.encode(), b"\t"):
            self._type(keys)
            time.sleep(0.02)
        self._settle()
        self._type(DUMP_KEY)
        self._wait_for(self.line)
        return self.line.read_text().removesuffix("\n")

    def _settle(self):
        """Until the shell has answered and is silent: a key typed before may be taken for the list's."""
        quiet = 0
        end = time.monotonic() + PATIENCE
        while quiet < 15 and time.monotonic() < end:
            quiet = 0 if self._read(0.02) or self._works() else quiet + 1

    def _works(self):
        """Whether the shell, or what it has started, has something to do: it may have had no processor for it."""
        try:
            tasks = list(pathlib.Path(f"/proc/{self.pid}/task").iterdir())
            # The name in parentheses may have spaces.
            states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks]
            return any(state != "S" for state in states) or any((task / "children").read_text() for task in tasks)
        except OSError:
            # A thread has just ended.
            return True

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def bash(folder, variables):
    return Shell(
        ["bash", "--norc", "--noprofile", "-i"],
        f"set +o history; source {COMPLETION}/dynix.bash\n"
        f"dump() {{ printf '%s\\n' \"$READLINE_LINE\" > {folder}/line.new; mv {folder}/line.new {folder}/line; }}\n"
        "bind -x '\"\\C-xd\": dump'; bind 'set page-completions off'; bind 'set completion-query-items 0'; bind 'set enable-bracketed-paste off'",
        folder, variables,
    )


def zsh(folder, variables):
    return Shell(
        ["zsh", "-f", "-i"],
        f"PS1='$ '; fpath=({COMPLETION} $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=10000\n"
        f"dump() {{ print -r -- $BUFFER > {folder}/line.new; mv {folder}/line.new {folder}/line }}\n"
        "zle -N dump; bindkey '^Xd' dump; bindkey '^A' beginning-of-line; bindkey '^K' kill-line; bindkey '^I' complete-word",
        folder, variables,
    )


def found(name):
    return shutil.which(name) is not None
