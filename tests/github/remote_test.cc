#include "clambake/github_client.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

constexpr std::string_view kGithub = "https://api.github.com";
constexpr std::string_view kServer = "https://git.example.com:8443/api/v3";

std::string Of(std::string_view url, std::string_view api = kGithub) {
  const absl::StatusOr<std::string> repository = RepositoryOfRemote(url, api);
  if (repository.ok()) return *repository;
  CHECK(absl::IsInvalidArgument(repository.status()));
  return "refused: " + std::string(repository.status().message());
}

TEST_CASE("a remote in any spelling names its repository") {
  for (const char* url :
       {"https://github.com/o.x/n-1", "https://github.com/o.x/n-1.git", "https://github.com/o.x/n-1.git/",
        "https://name:secret@GitHub.com/o.x/n-1.git", "http://github.com/o.x/n-1",
        "https://github.com:443/o.x/n-1", "https://www.github.com/o.x/n-1", "git@github.com:o.x/n-1.git",
        "git@github.com:/o.x/n-1", "github.com:o.x/n-1.git", "ssh://git@github.com/o.x/n-1.git",
        "ssh://git@github.com:22/o.x/n-1", "ssh://git@ssh.github.com:443/o.x/n-1.git",
        "git+ssh://git@github.com/o.x/n-1", "git://github.com/o.x/n-1.git"}) {
    CAPTURE(url);
    CHECK(Of(url) == "o.x/n-1");
  }
}

TEST_CASE("a server of one's own and a tenant have their own hosts") {
  CHECK(Of("https://git.example.com/o/n.git", kServer) == "o/n");
  CHECK(Of("git@git.example.com:o/n.git", kServer) == "o/n");
  CHECK(Of("ssh://git@git.example.com:7999/o/n.git", kServer) == "o/n");
  CHECK(Of("https://acme.ghe.com/o/n", "https://api.acme.ghe.com") == "o/n");
  CHECK(Of("http://127.0.0.1:99/o/n", "http://127.0.0.1:8080") == "o/n");
  CHECK(Of("ssh://[::1]/o/n", "http://[::1]:8080") == "o/n");
}

TEST_CASE("a remote elsewhere is no repository on GitHub") {
  CHECK(Of("git@gitlab.com:o/n.git") ==
        "refused: it is on gitlab.com, and the API https://api.github.com belongs to github.com");
  CHECK(Of("https://github.com/o/n", kServer) ==
        "refused: it is on github.com, and the API https://git.example.com:8443/api/v3 belongs to "
        "git.example.com");
  CHECK(Of("git@git.example.com:o/n", kGithub).starts_with("refused: it is on git.example.com"));
  CHECK(Of("https://github.com.example/o/n").starts_with("refused: it is on github.com.example"));
  CHECK(Of("https://github.com@example.org/o/n").starts_with("refused: it is on example.org"));
  CHECK(Of("https://api.github.com/o/n").starts_with("refused: it is on api.github.com"));
  CHECK(Of("ssh.github.com:o/n", kServer).starts_with("refused: it is on ssh.github.com"));
}

TEST_CASE("a folder is no address, and a path must be OWNER/NAME") {
  for (const char* url : {"", "/srv/git/n.git", "../n", "./a:b", "C", "file:///srv/o/n", "https://github.com",
                          "ftp://github.com/o/n", "https://", "git@", ":o/n"}) {
    CAPTURE(url);
    CHECK(Of(url) == "refused: it is no address on github.com");
  }
  CHECK(Of("https://github.com/o") == "refused: its path is not OWNER/NAME but \"o\"");
  CHECK(Of("https://github.com/o/n/x").ends_with("\"o/n/x\""));
  CHECK(Of("git@github.com:o/..").starts_with("refused: its path"));
  CHECK(Of("git@github.com:o/\x1b[31mn").find('\x1b') == std::string::npos);
}

TEST_CASE("what comes before the host is never shown") {
  for (const char* url : {"https://u:hunter2@example.org/o/n", "https://hunter2@github.com/o",
                          "ssh://hunter2@example.org/o/n", "hunter2@example.org:o/n", "https://u:hunter2@"}) {
    CAPTURE(url);
    CHECK(Of(url).find("hunter2") == std::string::npos);
  }
}

}  // namespace
}  // namespace clambake
