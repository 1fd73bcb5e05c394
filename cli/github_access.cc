#include "cli/github_access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "clambake/clock.h"
#include "cli/github_actions.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

std::string Trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  std::size_t start = 0;
  while (start < text.size() && blank(text[start])) ++start;
  return text.substr(start);
}

absl::StatusOr<Secret> ReadTokenFile(const std::string& path) {
  constexpr std::size_t kMaxTokenBytes = 4'096;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return absl::InvalidArgumentError(fmt::format("--token-file {}: {}", path, std::strerror(errno)));
  }
  struct stat info {};
  const bool mine =
      fstat(file, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  std::array<char, kMaxTokenBytes> buffer{};
  const ssize_t size = mine ? read(file, buffer.data(), buffer.size()) : 0;
  close(file);
  if (!mine) {
    return absl::InvalidArgumentError(
        fmt::format("--token-file {}: expected a file that only its owner can read (chmod 600)", path));
  }
  if (size <= 0) return absl::InvalidArgumentError(fmt::format("--token-file {}: expected a token", path));
  return Secret(Trimmed(std::string(buffer.data(), static_cast<std::size_t>(size))));
}

}  // namespace

absl::StatusOr<Secret> FindToken(const Globals& globals) {
  for (const char* name : {"GH_TOKEN", "GITHUB_TOKEN"}) {
    if (std::string token = Trimmed(Environment(name)); !token.empty()) return Secret(std::move(token));
  }
  if (!globals.token_file.empty()) return ReadTokenFile(globals.token_file);
  return absl::UnauthenticatedError(
      "no token for GitHub: set GH_TOKEN (with the GitHub CLI: export GH_TOKEN=$(gh auth token)), or name a "
      "file with --token-file; https://github.com/settings/personal-access-tokens makes one: read access to "
      "issues, pull requests and contents is enough for reading");
}

absl::StatusOr<GithubOptions> FindGithub(const Globals& globals) {
  GithubOptions options;
  absl::StatusOr<std::string> repository = RequireRepository(globals);
  if (!repository.ok()) return repository.status();
  options.repository = *std::move(repository);
  options.api_url = ApiUrl(globals);
  options.ca_file = Environment("CURL_CA_BUNDLE");  // as curl has it
  if (options.ca_file.empty()) options.ca_file = Environment("SSL_CERT_FILE");
  options.cache_dir = UserFolder("XDG_CACHE_HOME", "/.cache");
  absl::StatusOr<Secret> token = FindToken(globals);
  if (!token.ok()) return token.status();
  options.token = *std::move(token);
  return options;
}

absl::StatusOr<std::unique_ptr<GithubReader>> ConnectReader(const Globals& globals,
                                                            const GithubOptions& options, Clock& clock) {
  const Observer& observer = globals.observer;
  absl::StatusOr<std::unique_ptr<GithubReader>> reader =
      NewGithubReader(options, clock, NewObservedTransport(NewCurlTransport(options.ca_file), observer));
  if (!reader.ok()) return reader;
  return NewObservedGithub(*std::move(reader), observer);
}

absl::StatusOr<std::unique_ptr<GithubClient>> ConnectClient(const Globals& globals,
                                                            const GithubOptions& options, Clock& clock) {
  const Observer& observer = globals.observer;
  absl::StatusOr<std::unique_ptr<GithubClient>> client =
      NewGithubClient(options, clock, NewObservedTransport(NewCurlTransport(options.ca_file), observer));
  if (!client.ok()) return client;
  return NewObservedGithub(*std::move(client), observer);
}

void WarnAboutJobToken(const Globals& globals) {
  const std::string token = Environment("GH_TOKEN");
  const std::string job_token = Environment("GITHUB_TOKEN");
  if (!InGithubActions() || job_token.empty() || (!token.empty() && token != job_token)) return;
  Warn(globals,
       "pull requests made with the job's own GITHUB_TOKEN start no workflows, so bundles get no CI: set "
       "GH_TOKEN "
       "to the token of a GitHub App or of a machine user");
}

absl::StatusOr<Backlog> FetchFromGithub(const Globals& globals) {
  const absl::StatusOr<GithubOptions> options = FindGithub(globals);
  if (!options.ok()) return options.status();
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<GithubReader>> reader = ConnectReader(globals, *options, *clock);
  if (!reader.ok()) return reader.status();
  return FetchFrom(globals, **reader);
}

absl::StatusOr<Backlog> FetchFrom(const Globals& globals, GithubReader& reader) {
  FetchOptions fetch;
  ProgressLine line(globals);
  fetch.progress = [&line](const FetchProgress& at) {
    line.Show(fmt::format("reading {}: {} of about {} requests", at.stage, at.done, at.expected));
  };
  absl::StatusOr<Backlog> backlog = reader.FetchBacklog(fetch);
  if (backlog.ok()) return backlog;
  return GithubFailure(backlog.status());
}

absl::Status GithubFailure(const absl::Status& status) {
  if (status.ok() || absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status)) return status;
  return absl::UnavailableError(status.message());
}

}  // namespace clambake::cli
