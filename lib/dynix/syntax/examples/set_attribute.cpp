// Sets one attribute of a Nix text, and leaves every other byte as it is:
//
//     set_attribute services.nginx.enable true < before.nix > after.nix
//
// Built against an installed dynix with
//
//     c++ -std=c++20 set_attribute.cpp $(pkg-config --cflags --libs dynix-syntax)
#include <dynix/syntax/attribute_path.hpp>
#include <dynix/syntax/edit.hpp>
#include <dynix/syntax/parse.hpp>
#include <iostream>
#include <iterator>
#include <string>

namespace syntax = dynix::syntax;

namespace {

dynix::result<std::string>
with_attribute(std::string text, std::string_view path, std::string_view value) {
    auto const tree = syntax::parse(std::move(text), "<stdin>");
    if (!tree)
        return tree.error();
    auto const names = syntax::parse_attribute_path(path, "PATH");
    if (!names)
        return names.error();
    auto const changed = syntax::find(*tree, *names) ? syntax::replace(*tree, *names, value)
                                                     : syntax::insert(*tree, *names, value);
    if (!changed)
        return changed.error();
    return changed->text;
}

} // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::cerr << "usage: set_attribute PATH VALUE < before.nix > after.nix\n";
        return 2;
    }
    std::string before(std::istreambuf_iterator<char>(std::cin), {});
    auto const after = with_attribute(std::move(before), words[1], words[2]);
    if (!after) {
        std::cerr << render(after.error());
        return 1;
    }
    std::cout << *after;
    return 0;
}
