// Evidence as JSON, exact: what is read back judges the same.
#ifndef CLAMBAKE_CUTOVER_EVIDENCE_JSON_H_
#define CLAMBAKE_CUTOVER_EVIDENCE_JSON_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "clambake/rollout.h"

namespace clambake::cutover {

void WriteEvidence(JsonWriter& json, const Evidence& evidence);
absl::Status ReadEvidence(const JsonView& view, Evidence& evidence);

void WritePolicy(JsonWriter& json, const JudgePolicy& policy);
absl::Status ReadPolicy(const JsonView& view, JudgePolicy& policy);

// Parses a document of ours; InvalidArgument if it is not an object of `schema`.
absl::Status ParseDocument(std::string_view text, std::string_view name, std::string_view schema,
                           rapidjson::Document& document);

absl::Status ReadComponent(const JsonView& view, std::string_view key, Component& component);

}  // namespace clambake::cutover

#endif  // CLAMBAKE_CUTOVER_EVIDENCE_JSON_H_
