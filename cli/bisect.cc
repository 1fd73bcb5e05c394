#include "cli/bisect.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "clambake/bisection.h"
#include "clambake/clock.h"
#include "clambake/state_store.h"
#include "cli/bundle_input.h"
#include "cli/messages.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

// The document that holds one search.
class Search {
 public:
  Search(StateStore& store, std::string scope, std::string_view bundle)
      : store_(store), scope_(std::move(scope)), key_(fmt::format("bisection:{}", bundle)) {}

  // nullopt: none has begun.
  absl::StatusOr<std::optional<Bisection>> Read() {
    const absl::StatusOr<Document> document = store_.ReadDocument(scope_, key_);
    if (!document.ok()) return document.status();
    version_ = document->version;
    if (version_ == 0) return std::optional<Bisection>();
    absl::StatusOr<Bisection> bisection = ReadBisection(document->value, key_);
    if (!bisection.ok()) return bisection.status();
    return std::optional(*std::move(bisection));
  }

  // Aborted: somebody else took a step since Read.
  absl::Status Write(const Bisection& bisection) {
    return store_.WriteDocument(scope_, key_, BisectionToJson(bisection), version_).status();
  }

 private:
  StateStore& store_;
  std::string scope_;
  std::string key_;
  std::int64_t version_ = 0;
};

absl::StatusOr<Bisection> Start(const BisectOptionsGiven& given) {
  const absl::StatusOr<BundleSet> set = LoadBundles(given.previous);
  if (!set.ok()) return set.status();
  for (const Bundle& bundle : set->bundles) {
    if (bundle.name == given.bundle) return StartBisection(bundle);
  }
  return absl::InvalidArgumentError(
      fmt::format("--bisect {}: {} has no such bundle", given.bundle, given.previous));
}

absl::StatusOr<Bisection> TakeStep(const BisectOptionsGiven& given, Search& search) {
  absl::StatusOr<std::optional<Bisection>> known = search.Read();
  if (!known.ok()) return known.status();
  const bool under_way = known->has_value() && NextRun(**known);
  // Beginning what has begun loses nothing.
  if (!given.previous.empty() && !under_way) return Start(given);
  if (!known->has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("--bisect {}: no search has begun; name the bundles with --previous FILE", given.bundle));
  }
  if (given.result.empty()) return **known;
  return RecordRun(**known, given.result == "red" ? CheckResult::kRed : CheckResult::kGreen);
}

std::string StepText(const Bisection& bisection) {
  std::string text;
  for (const std::string& culprit : bisection.culprits) text += fmt::format("culprit {}\n", culprit);
  const std::optional<std::vector<std::string>> next = NextRun(bisection);
  if (!next)
    return text + fmt::format("done after {}\n", Counted(static_cast<std::size_t>(bisection.runs), "run"));
  text += "merge and check these, then give --result red or --result green:\n";
  for (const std::string& head : *next) text += fmt::format("  {}\n", head);
  return text;
}

}  // namespace

ExitCode RunBisect(const Globals& globals, const BisectOptionsGiven& given) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  const absl::StatusOr<std::string> repository = RequireRepository(globals);
  if (!repository.ok()) return Fail(repository.status());
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kCreate);
  if (!store.ok()) return Fail(store.status());
  const bool shadow = flags->write_mode() == WriteMode::kReadOnly;
  Search search(**store, shadow ? ShadowScope(*repository) : *repository, given.bundle);
  const absl::StatusOr<Bisection> bisection = TakeStep(given, search);
  if (!bisection.ok()) return Fail(bisection.status());
  if (absl::Status written = search.Write(*bisection); !written.ok()) return Fail(written);
  return Print(globals.json ? BisectionToJson(*bisection) + "\n" : StepText(*bisection));
}

}  // namespace clambake::cli
