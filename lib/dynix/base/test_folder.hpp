// A folder for one test, gone when the test ends.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace dynix {

class test_folder {
  public:
    test_folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "dynix-test.XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    test_folder(test_folder const&) = delete;
    test_folder& operator=(test_folder const&) = delete;
    ~test_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    std::string path(std::string const& name) const { return root_ + "/" + name; }

    // The names in the folder, sorted.
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (auto const& item : std::filesystem::directory_iterator(root_))
            found.push_back(item.path().filename().string());
        std::sort(found.begin(), found.end());
        return found;
    }

  private:
    std::string root_;
};

} // namespace dynix
