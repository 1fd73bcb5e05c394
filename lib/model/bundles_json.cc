// `clambake.bundles/1`, out and in.
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "clambake/bundler.h"
#include "fmt/format.h"
#include "model/decode.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::string_view kSchema = "clambake.bundles/1";

// As git prints a path that is not plain: "caf\351".
std::string PathText(const std::string& path) {
  if (IsUtf8(path)) return path;
  std::string quoted = "\"";
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += fmt::format("\\{}", c);
    } else if (absl::ascii_isprint(byte)) {
      quoted += c;
    } else {
      quoted += fmt::format("\\{:03o}", byte);
    }
  }
  return quoted + "\"";
}

void WritePaths(JsonWriter& json, const std::vector<std::string>& paths) {
  json.Key("paths");
  json.Array([&] {
    for (const std::string& path : paths) json.Value(PathText(path));
  });
}

void WriteBundle(JsonWriter& json, const Bundle& bundle) {
  json.Object([&] {
    json.Member("name", bundle.name);
    json.Values("heads", bundle.heads);
    json.Values("issues", bundle.issues);
    if (!bundle.tree.empty()) json.Member("tree", bundle.tree);
  });
}

void WriteIndividual(JsonWriter& json, const Individual& individual) {
  json.Object([&] {
    json.Member("head", SafeText(individual.head));
    json.Member("issue", individual.issue);
    json.Member("reason", individual.reason);
    WritePaths(json, individual.paths);
    if (!individual.detail.empty()) json.Member("detail", SafeText(individual.detail));
  });
}

void WriteConflict(JsonWriter& json, const Conflict& conflict) {
  json.Object([&] {
    json.Member("a", conflict.a);
    json.Member("b", conflict.b);
    WritePaths(json, conflict.paths);
    json.Key("lines");
    json.Array([&] {
      for (const LineRange& range : conflict.lines) {
        json.Object([&] {
          json.Member("path", PathText(range.path));
          json.Member("first", range.first);
          json.Member("last", range.last);
        });
      }
    });
  });
}

template <typename Range, typename Write>
void WriteAll(JsonWriter& json, std::string_view key, const Range& range, Write write) {
  json.Key(key);
  json.Array([&] {
    for (const auto& element : range) write(json, element);
  });
}

// Everything that the digest covers.
void WriteContent(JsonWriter& json, const BundleSet& set) {
  json.Member("bundler", set.bundler);
  json.Member("base", set.base);
  if (set.approximate) json.Member("approximate", true);
  WriteAll(json, "bundles", set.bundles, WriteBundle);
  WriteAll(json, "individual", set.individual, WriteIndividual);
  WriteAll(json, "conflicts", set.conflicts, WriteConflict);
  json.Member("lower_bound", set.lower_bound);
  if (!set.lower_bound_proof.empty()) json.Member("lower_bound_proof", set.lower_bound_proof);
}

absl::Status ReadBundle(const JsonView& view, Bundle& bundle) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("name", kRequired, bundle.name));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("tree", kOptional, bundle.tree));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "heads", kRequired, [&](const JsonView& head) { return head.As(bundle.heads.emplace_back()); }));
  return view.ForEach("issues", kRequired, [&](const JsonView& issue) {
    return issue.As(1, kMaxNumber, bundle.issues.emplace_back());
  });
}

absl::Status ReadIndividual(const JsonView& view, Individual& individual) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("head", kRequired, individual.head));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("issue", kOptional, 0, kMaxNumber, individual.issue));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("reason", kRequired, individual.reason));
  return view.ForEach("paths", kOptional,
                      [&](const JsonView& path) { return path.As(individual.paths.emplace_back()); });
}

absl::Status ReadConflict(const JsonView& view, Conflict& conflict) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("a", kRequired, conflict.a));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("b", kRequired, conflict.b));
  return view.ForEach("paths", kOptional,
                      [&](const JsonView& path) { return path.As(conflict.paths.emplace_back()); });
}

}  // namespace

std::string BundlesDigest(const BundleSet& bundles) {
  JsonWriter json;
  json.Object([&] { WriteContent(json, bundles); });
  return Digest(json.Take());
}

std::string BundlesToJson(const BundleSet& bundles, const BundlesHeader& header) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    if (!header.reason.empty()) {
      json.Member("reason", header.reason);
      json.Member("readonly", header.readonly);
    }
    WriteContent(json, bundles);
    json.Member("digest", BundlesDigest(bundles));
  });
  return json.Take();
}

absl::StatusOr<BundleSet> ReadBundles(std::string_view text, std::string_view name) {
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(text, name, document));
  const std::string root = fmt::format("{}: ", name);
  const JsonView view(document, root);
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectSchema(kSchema));
  BundleSet set;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("bundler", kRequired, set.bundler));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("base", kRequired, set.base));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("approximate", kOptional, set.approximate));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("lower_bound", kOptional, 0, kMaxNumber, set.lower_bound));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("bundles", kRequired, [&](const JsonView& element) {
    return ReadBundle(element, set.bundles.emplace_back());
  }));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("individual", kRequired, [&](const JsonView& element) {
    return ReadIndividual(element, set.individual.emplace_back());
  }));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("conflicts", kOptional, [&](const JsonView& element) {
    return ReadConflict(element, set.conflicts.emplace_back());
  }));
  return set;
}

}  // namespace clambake
