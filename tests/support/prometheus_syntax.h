// Is this text what Prometheus reads? Stricter than the scraper: its grammar
// (text format 0.0.4) and the rules that `promtool check metrics` knows.
#ifndef CLAMBAKE_TESTS_SUPPORT_PROMETHEUS_SYNTAX_H_
#define CLAMBAKE_TESTS_SUPPORT_PROMETHEUS_SYNTAX_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace clambake {

struct PrometheusText {
  std::vector<std::string> problems;     // a sentence each, with the line's number; empty: well-formed
  std::map<std::string, double> values;  // by "name{a=\"b\"}", as written
};

PrometheusText CheckPrometheus(std::string_view text);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SUPPORT_PROMETHEUS_SYNTAX_H_
