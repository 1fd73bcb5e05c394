#include "github/read_channel.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "base/json_writer.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr int kMaxHops = 5;
constexpr int kMaxPages = 2'000;
constexpr int kSmallestPage = 25;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool MayRepeat(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsUnknown(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsDataLoss(status);
}

// What a failed read is to the caller: the same call may work later.
absl::Status AsUnavailable(const absl::Status& status, std::string_view url) {
  if (!MayRepeat(status)) return Annotate(status, url);
  if (absl::IsDeadlineExceeded(status)) return Annotate(status, url);
  return WithDetails(absl::UnavailableError(fmt::format("{}: {}", url, std::string(status.message()))),
                     ErrorDetails(status));
}

bool HasGraphqlLimit(const rapidjson::Document& json) {
  const auto errors = json.FindMember("errors");
  if (errors == json.MemberEnd() || !errors->value.IsArray()) return false;
  return std::any_of(errors->value.Begin(), errors->value.End(), [](const rapidjson::Value& error) {
    if (!error.IsObject()) return false;
    const auto type = error.FindMember("type");
    return type != error.MemberEnd() && type->value.IsString() &&
           std::string_view(type->value.GetString()).starts_with("RATE_LIMIT");
  });
}

}  // namespace

// One answer that is waited for.
struct ReadChannel::Pending {
  std::string url;
  std::string body;  // of a query
  Cache cache = Cache::kUse;
  std::optional<CachedAnswer> cached;
  int attempts = 0;
  int hops = 0;
  int limits = 0;
  std::optional<absl::StatusOr<Answer>> result;
};

absl::StatusOr<Answer> ReadChannel::Get(const std::string& url, Cache cache) {
  return std::move(GetMany({url}, cache).front());
}

std::vector<absl::StatusOr<Answer>> ReadChannel::GetMany(const std::vector<std::string>& urls, Cache cache) {
  std::vector<Pending> pending(urls.size());
  for (std::size_t i = 0; i < urls.size(); ++i) {
    pending[i].url = urls[i];
    pending[i].cache = cache;
  }
  return Run(pending, PassageKind::kRead);
}

std::vector<absl::StatusOr<Answer>> ReadChannel::QueryMany(const std::vector<std::string>& queries) {
  std::vector<Pending> pending(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    JsonWriter json;
    json.Object([&] { json.Member("query", queries[i]); });
    pending[i].url = GraphqlUrl();
    pending[i].body = json.Take();
    pending[i].cache = Cache::kBypass;
  }
  return Run(pending, PassageKind::kQuery);
}

// Sends in rounds until each has its result. A round is never larger than
// what may be under way at once, so that nothing follows a limit.
std::vector<absl::StatusOr<Answer>> ReadChannel::Run(std::vector<Pending>& pending, PassageKind kind) {
  int rounds_with_failures = 0;
  while (true) {
    std::vector<Pending*> batch;
    bool repeats = false;
    for (Pending& item : pending) {
      if (item.result || std::ssize(batch) >= options().max_concurrent_reads) continue;
      batch.push_back(&item);
      repeats = repeats || item.attempts > 0;
    }
    if (batch.empty()) break;
    if (repeats) BackOff(++rounds_with_failures);
    const Passage passage{.kind = kind, .wanted = static_cast<int>(std::ssize(batch))};
    if (const absl::Status status = SendSome(batch, passage); !status.ok()) {
      for (Pending& item : pending) {
        if (!item.result) item.result = status;
      }
    }
  }
  std::vector<absl::StatusOr<Answer>> results;
  results.reserve(pending.size());
  for (Pending& item : pending) results.push_back(*std::move(item.result));
  return results;
}

// An error here is one for all that are left: the gate is closed or broken.
absl::Status ReadChannel::SendSome(std::vector<Pending*>& batch, const Passage& passage) {
  CLAMBAKE_ASSIGN_OR_RETURN(const int granted, Enter(passage));
  batch.resize(std::min(batch.size(), static_cast<std::size_t>(granted)));
  std::vector<HttpRequest> requests;
  for (Pending* item : batch) {
    requests.push_back(MakeRequest(item->body.empty() ? "GET" : "POST", item->url, item->body));
    requests.back().changes_nothing = true;
    if (item->cache == Cache::kUse) item->cached = cache().Find(CacheKey(item->url));
    if (item->cached) requests.back().headers.emplace_back("If-None-Match", item->cached->etag);
  }
  std::vector<absl::StatusOr<HttpResponse>> responses = Send(requests);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    CLAMBAKE_RETURN_IF_ERROR(TakeResponse(*batch[i], std::move(responses[i]), passage));
    if (on_answer_ && batch[i]->result) on_answer_();
  }
  return absl::OkStatus();
}

absl::Status ReadChannel::TakeResponse(Pending& item, absl::StatusOr<HttpResponse> response,
                                       const Passage& passage) {
  CLAMBAKE_ASSIGN_OR_RETURN(const bool limited, Leave(passage, response));
  if (limited) {
    // The gate makes the next round wait; whoever meets a limit again and again gives up.
    if (++item.limits >= options().max_attempts) item.result = LimitError(item.url, *response);
    return absl::OkStatus();
  }
  if (response.ok() && response->status < 500) {
    TakeAnswer(item, *std::move(response));
    return absl::OkStatus();
  }
  const absl::Status error = response.ok() ? ErrorFromAnswer(*response, "answer") : response.status();
  // A long page that timed out is better asked for in halves: see GetPages.
  const bool give_up = absl::IsDeadlineExceeded(error) && QueryParameter(item.url, "per_page").has_value();
  ++item.attempts;
  if (give_up || !MayRepeat(error) || item.attempts >= options().max_attempts) {
    item.result = AsUnavailable(error, item.url);
  }
  return absl::OkStatus();
}

void ReadChannel::TakeAnswer(Pending& item, HttpResponse response) {
  if (response.status == 304 && item.cached) {
    response.status = 200;
    response.body = std::move(item.cached->body);
    response.headers.emplace_back("Content-Type", "application/json");
    if (FindHeader(response.headers, "link").empty())
      response.headers.emplace_back("Link", item.cached->link);
  } else if (IsRedirect(response.status)) {
    absl::StatusOr<std::string> target = Follow(item.url, response);
    if (!target.ok()) {
      item.result = Annotate(target.status(), item.url);
    } else if (++item.hops > kMaxHops) {
      item.result =
          absl::FailedPreconditionError(fmt::format("{}: more than {} redirects", item.url, kMaxHops));
    } else {
      item.url = *std::move(target);
    }
    return;
  } else if (response.status < 200 || response.status > 299) {
    item.result = ErrorFromAnswer(response, item.url);
    return;
  } else if (const auto etag = FindHeader(response.headers, "etag");
             item.cache == Cache::kUse && !etag.empty() && ParseBody(response).ok()) {
    cache().Store(CacheKey(item.url),
                  {std::string(etag), std::string(FindHeader(response.headers, "link")), response.body});
  }
  absl::StatusOr<rapidjson::Document> json = ParseBody(response);
  if (json.ok() && (item.body.empty() || json->IsObject())) {
    if (!item.body.empty() && HasGraphqlLimit(*json)) {
      item.result = LimitError(item.url, response);
      return;
    }
    item.result = Answer{response.status, std::move(response.headers), *std::move(json), item.url};
  } else if (++item.attempts >= options().max_attempts) {
    item.result =
        AsUnavailable(json.ok() ? absl::DataLossError("expected an object") : json.status(), item.url);
  }
}

std::string ReadChannel::CacheKey(std::string_view url) const {
  return fmt::format("{} {}", options().api_version, url);
}

absl::StatusOr<std::string> ReadChannel::NextOf(const Answer& answer) const {
  const auto next = FindLink(answer.Header("link"), "next");
  if (!next) return std::string();
  absl::StatusOr<std::string> url = ResolveSameOrigin(api(), *next);
  if (!url.ok()) return Annotate(url.status(), answer.url);
  return url;
}

// The pages after the first, if `next` and `last` differ in nothing but the number.
std::vector<std::string> ReadChannel::PredictPages(const Answer& first) const {
  const absl::StatusOr<std::string> next = NextOf(first);
  const auto last = FindLink(first.Header("link"), "last");
  if (!next.ok() || next->empty() || !last) return {};
  int page = 0;
  int last_page = 0;
  if (!absl::SimpleAtoi(QueryParameter(*next, "page").value_or(""), &page) ||
      !absl::SimpleAtoi(QueryParameter(*last, "page").value_or(""), &last_page)) {
    return {};
  }
  if (WithQueryParameter(*next, "page", "1") != WithQueryParameter(*last, "page", "1")) return {};
  std::vector<std::string> urls;
  for (; page <= std::min(last_page, kMaxPages); ++page) {
    urls.push_back(WithQueryParameter(*next, "page", fmt::format("{}", page)));
  }
  return urls;
}

absl::StatusOr<ReadChannel::Pages> ReadChannel::GetPages(const std::string& url, Cache cache) {
  return std::move(GetPages(std::vector<std::string>{url}, cache).front());
}

std::vector<absl::StatusOr<ReadChannel::Pages>> ReadChannel::GetPages(const std::vector<std::string>& urls,
                                                                      Cache cache) {
  std::vector<absl::StatusOr<Answer>> firsts = GetMany(urls, cache);
  std::vector<std::string> predicted;
  std::vector<std::size_t> ends;
  for (const absl::StatusOr<Answer>& first : firsts) {
    if (first.ok()) {
      for (std::string& url : PredictPages(*first)) predicted.push_back(std::move(url));
    }
    ends.push_back(predicted.size());
  }
  std::vector<absl::StatusOr<Answer>> rest = GetMany(predicted, cache);
  std::vector<absl::StatusOr<Pages>> results;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const auto from = rest.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = rest.begin() + static_cast<std::ptrdiff_t>(ends[i]);
    begin = ends[i];
    absl::StatusOr<Pages> pages =
        TakePages(std::move(firsts[i]), {std::make_move_iterator(from), std::make_move_iterator(to)}, cache);
    int size = 0;
    const bool halve = absl::IsDeadlineExceeded(pages.status()) || absl::IsUnavailable(pages.status());
    if (halve && absl::SimpleAtoi(QueryParameter(urls[i], "per_page").value_or(""), &size) &&
        size / 2 >= kSmallestPage) {
      pages = GetPages(WithQueryParameter(urls[i], "per_page", fmt::format("{}", size / 2)), cache);
    }
    results.push_back(std::move(pages));
  }
  return results;
}

// Takes the predicted pages as long as they are what following would have
// given, and follows from there: the list may have changed its length.
absl::StatusOr<ReadChannel::Pages> ReadChannel::TakePages(absl::StatusOr<Answer> first,
                                                          std::vector<absl::StatusOr<Answer>> rest,
                                                          Cache cache) {
  if (!first.ok()) return first.status();
  Pages pages;
  pages.push_back(*std::move(first));
  for (absl::StatusOr<Answer>& page : rest) {
    if (!page.ok()) return page.status();
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string next, NextOf(pages.back()));
    if (next != page->url) break;
    pages.push_back(*std::move(page));
  }
  return FollowPages(std::move(pages), cache);
}

absl::StatusOr<ReadChannel::Pages> ReadChannel::FollowPages(Pages pages, Cache cache) {
  while (true) {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string next, NextOf(pages.back()));
    if (next.empty()) return pages;
    const bool seen =
        std::any_of(pages.begin(), pages.end(), [&](const Answer& page) { return page.url == next; });
    if (seen || std::ssize(pages) >= kMaxPages) {
      return absl::FailedPreconditionError(fmt::format("{}: the pages of this list do not end", next));
    }
    CLAMBAKE_ASSIGN_OR_RETURN(Answer page, Get(next, cache));
    pages.push_back(std::move(page));
  }
}

}  // namespace clambake
