#include "clambake/bisection.h"

#include <utility>

#include "absl/status/status.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::string_view kSchema = "clambake.bisection/1";

// How many heads from the front the next run takes; 0: the search is over.
std::size_t NextPrefix(const Bisection& bisection) {
  if (bisection.good == bisection.heads.size()) return 0;
  // Nobody has tried what is left since a culprit was taken out.
  if (bisection.bad == 0) return bisection.heads.size();
  return bisection.good + (bisection.bad - bisection.good) / 2;
}

// Once the red prefix is one longer than the green one, its last head did it.
void TakeOutCulprits(Bisection& bisection) {
  while (bisection.bad > 0 && bisection.bad - bisection.good == 1) {
    const auto culprit = bisection.heads.begin() + static_cast<std::ptrdiff_t>(bisection.good);
    bisection.culprits.push_back(std::move(*culprit));
    bisection.heads.erase(culprit);
    bisection.bad = 0;
  }
}

}  // namespace

absl::StatusOr<Bisection> StartBisection(const Bundle& bundle) {
  if (bundle.heads.empty()) {
    return absl::InvalidArgumentError(fmt::format("bundle \"{}\" has no heads", bundle.name));
  }
  Bisection bisection{bundle.name, bundle.heads, 0, bundle.heads.size(), {}, 0};
  TakeOutCulprits(bisection);
  return bisection;
}

std::optional<std::vector<std::string>> NextRun(const Bisection& bisection) {
  const std::size_t prefix = NextPrefix(bisection);
  if (prefix == 0) return std::nullopt;
  return std::vector<std::string>(bisection.heads.begin(),
                                  bisection.heads.begin() + static_cast<std::ptrdiff_t>(prefix));
}

absl::StatusOr<Bisection> RecordRun(Bisection bisection, CheckResult result) {
  const std::size_t prefix = NextPrefix(bisection);
  if (prefix == 0) return absl::FailedPreconditionError("the bisection is over: there is no run to record");
  ++bisection.runs;
  (result == CheckResult::kGreen ? bisection.good : bisection.bad) = prefix;
  TakeOutCulprits(bisection);
  return bisection;
}

std::string BisectionToJson(const Bisection& bisection) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    json.Member("bundle", bisection.bundle);
    json.Values("heads", bisection.heads);
    json.Member("good", bisection.good);
    json.Member("bad", bisection.bad);
    json.Values("culprits", bisection.culprits);
    json.Member("runs", bisection.runs);
    const std::optional<std::vector<std::string>> next = NextRun(bisection);
    json.Member("done", !next.has_value());
    json.Values("next", next.value_or(std::vector<std::string>()));
  });
  return json.Take();
}

absl::StatusOr<Bisection> ReadBisection(std::string_view text, std::string_view name) {
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(text, name, document));
  const std::string root = fmt::format("{}: ", name);
  const JsonView view(document, root);
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectSchema(kSchema));
  Bisection bisection;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("bundle", kRequired, bisection.bundle));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "heads", kRequired, [&](const JsonView& head) { return head.As(bisection.heads.emplace_back()); }));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("culprits", kRequired, [&](const JsonView& head) {
    return head.As(bisection.culprits.emplace_back());
  }));
  const auto count = static_cast<std::int64_t>(bisection.heads.size());
  std::int64_t good = 0;
  std::int64_t bad = 0;
  std::int64_t runs = 0;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("good", kRequired, 0, count, good));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("bad", kRequired, 0, count, bad));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("runs", kRequired, 0, 1'000'000, runs));
  if (bad > 0 && bad < good + 2)
    return view.Find("bad")->Error("expected 0, or two more than \"good\" at least");
  bisection.good = static_cast<std::size_t>(good);
  bisection.bad = static_cast<std::size_t>(bad);
  bisection.runs = static_cast<int>(runs);
  return bisection;
}

}  // namespace clambake
