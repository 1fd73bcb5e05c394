// The standard OTEL_… variables. A signal's own variable beats the general one.
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using Lookup = std::function<std::optional<std::string>(std::string_view variable)>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Setting {
  std::string variable;  // the one that holds it
  std::string value;     // "": not set
};

// OTEL_EXPORTER_OTLP_TRACES_X, else OTEL_EXPORTER_OTLP_X.
Setting Exporter(const Lookup& lookup, std::string_view name) {
  for (std::string_view prefix : {"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"}) {
    const std::string variable = fmt::format("{}{}", prefix, name);
    const std::string value = lookup(variable).value_or("");
    if (!value.empty()) return {variable, value};
  }
  return {};
}

std::optional<std::string> PercentDecoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const char* const from = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(from, from + 2, value, 16).ptr != from + 2)
      return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

bool IsPlain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

// "a=1,b=x%20y". The error names the variable and the place, never the value.
absl::StatusOr<Pairs> ReadPairs(const Setting& setting) {
  Pairs pairs;
  int index = 0;
  for (absl::string_view part : absl::StrSplit(setting.value, ',', absl::SkipWhitespace())) {
    ++index;
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const std::string key(absl::StripAsciiWhitespace(pair.first));
    const std::string raw(absl::StripAsciiWhitespace(pair.second));
    const std::optional<std::string> value = PercentDecoded(raw);
    if (key.empty() || !IsPlain(key) || !absl::StrContains(part, "=") || !value || !IsPlain(*value)) {
      return absl::InvalidArgumentError(
          fmt::format("{}: entry {} is not key=value (percent-encoded)", setting.variable, index));
    }
    pairs.emplace_back(key, *value);
  }
  return pairs;
}

bool OnLoopback(std::string_view url) {
  for (std::string_view host : {"http://localhost", "http://127.0.0.1", "http://[::1]"}) {
    if (!url.starts_with(host)) continue;
    const std::string_view rest = url.substr(host.size());
    if (rest.empty() || rest.front() == ':' || rest.front() == '/')
      return rest.find('@') == std::string_view::npos;
  }
  return false;
}

absl::StatusOr<std::string> ReadUrl(const Lookup& lookup) {
  const Setting setting = Exporter(lookup, "ENDPOINT");
  std::string url = setting.value;
  if (url.empty()) return url;
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected a URL that starts with https:// or http://", setting.variable));
  }
  if (!IsPlain(url) || url.find_first_of(" @?#") != std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected scheme, host, port and path alone (a credential goes to "
                    "OTEL_EXPORTER_OTLP_HEADERS)",
                    setting.variable));
  }
  if (setting.variable == "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") return url;
  return url + (url.ends_with('/') ? "v1/traces" : "/v1/traces");
}

absl::StatusOr<absl::Duration> ReadTimeout(const Lookup& lookup, absl::Duration otherwise) {
  const Setting setting = Exporter(lookup, "TIMEOUT");
  if (setting.value.empty()) return otherwise;
  int milliseconds = 0;
  const char* const end = setting.value.data() + setting.value.size();
  const auto [rest, error] = std::from_chars(setting.value.data(), end, milliseconds);
  if (error != std::errc() || rest != end || milliseconds < 1 || milliseconds > 600'000) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected milliseconds from 1 to 600000", setting.variable));
  }
  return absl::Milliseconds(milliseconds);
}

absl::StatusOr<Pairs> ReadResource(const Lookup& lookup) {
  const std::string attributes = lookup("OTEL_RESOURCE_ATTRIBUTES").value_or("");
  CLAMBAKE_ASSIGN_OR_RETURN(const Pairs given, ReadPairs({"OTEL_RESOURCE_ATTRIBUTES", attributes}));
  std::string name = lookup("OTEL_SERVICE_NAME").value_or("");
  Pairs resource;
  for (const auto& [key, value] : given) {
    if (key != "service.name") {
      resource.emplace_back(key, value);
    } else if (name.empty()) {
      name = value;
    }
  }
  resource.insert(resource.begin(), {"service.name", name.empty() ? "clambake" : name});
  resource.emplace_back("service.version", std::string(Version()));
  return resource;
}

bool SwitchedOff(const Lookup& lookup) {
  return absl::EqualsIgnoreCase(lookup("OTEL_SDK_DISABLED").value_or(""), "true") ||
         lookup("OTEL_TRACES_EXPORTER").value_or("") == "none";
}

}  // namespace

absl::StatusOr<std::optional<OtlpOptions>> ReadOtlpOptions(const Lookup& lookup) {
  if (SwitchedOff(lookup)) return std::nullopt;
  OtlpOptions options;
  CLAMBAKE_ASSIGN_OR_RETURN(options.url, ReadUrl(lookup));
  if (options.url.empty()) return std::nullopt;
  const Setting protocol = Exporter(lookup, "PROTOCOL");
  if (!protocol.value.empty() && protocol.value != "http/json") {
    return absl::InvalidArgumentError(fmt::format("{}: only http/json is spoken here", protocol.variable));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(Pairs headers, ReadPairs(Exporter(lookup, "HEADERS")));
  if (!headers.empty() && options.url.starts_with("http://") && !OnLoopback(options.url)) {
    return absl::InvalidArgumentError(
        "OTEL_EXPORTER_OTLP_HEADERS: not sent over http:// to another host; use https://");
  }
  for (auto& [key, value] : headers) options.headers.emplace_back(key, Secret(std::move(value)));
  CLAMBAKE_ASSIGN_OR_RETURN(options.timeout, ReadTimeout(lookup, options.timeout));
  CLAMBAKE_ASSIGN_OR_RETURN(options.resource, ReadResource(lookup));
  return options;
}

}  // namespace clambake
