// Reading: requests that change nothing, repeated until they are answered.
//
// This class has no way to send anything but a GET and a GraphQL query.
#ifndef CLAMBAKE_GITHUB_READ_CHANNEL_H_
#define CLAMBAKE_GITHUB_READ_CHANNEL_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "github/session.h"

namespace clambake {

class ReadChannel : public Session {
 public:
  using Session::Session;

  // kBypass: ask without an ETag, where an old answer could mislead.
  enum class Cache { kUse, kBypass };

  // A URL's answer. Repeats on 5xx, lost connections and broken bodies.
  absl::StatusOr<Answer> Get(const std::string& url, Cache cache = Cache::kUse);

  // The same for many, several at a time.
  std::vector<absl::StatusOr<Answer>> GetMany(const std::vector<std::string>& urls,
                                              Cache cache = Cache::kUse);

  // All pages of each list, in order. Follows rel="next"; asks for several
  // pages at a time where the first says how many there are.
  using Pages = std::vector<Answer>;
  std::vector<absl::StatusOr<Pages>> GetPages(const std::vector<std::string>& urls,
                                              Cache cache = Cache::kUse);
  absl::StatusOr<Pages> GetPages(const std::string& url, Cache cache = Cache::kUse);

  // GraphQL queries, several at a time; `data` of the answer, which also holds
  // `errors` where some fields could not be read. PermissionDenied,
  // Unauthenticated, NotFound: GraphQL is refused or absent; REST may work.
  std::vector<absl::StatusOr<Answer>> QueryMany(const std::vector<std::string>& queries);

  // What callers keep beside the answers, with a tag of their own.
  std::optional<CachedAnswer> FindSaved(std::string_view key) { return cache().Find(key); }
  void Save(std::string_view key, const CachedAnswer& saved) { cache().Store(key, saved); }

  // Called after each answer, for progress.
  void OnAnswer(std::function<void()> on_answer) { on_answer_ = std::move(on_answer); }

 private:
  struct Pending;

  std::vector<absl::StatusOr<Answer>> Run(std::vector<Pending>& pending, PassageKind kind);
  absl::Status SendSome(std::vector<Pending*>& batch, const Passage& passage);
  absl::Status TakeResponse(Pending& item, absl::StatusOr<HttpResponse> response, const Passage& passage);
  void TakeAnswer(Pending& item, HttpResponse response);
  [[nodiscard]] std::string CacheKey(std::string_view url) const;
  absl::StatusOr<Pages> FollowPages(Pages pages, Cache cache);
  absl::StatusOr<Pages> TakePages(absl::StatusOr<Answer> first, std::vector<absl::StatusOr<Answer>> rest,
                                  Cache cache);
  [[nodiscard]] absl::StatusOr<std::string> NextOf(const Answer& answer) const;
  [[nodiscard]] std::vector<std::string> PredictPages(const Answer& first) const;

  std::function<void()> on_answer_;
};

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_READ_CHANNEL_H_
