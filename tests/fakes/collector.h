// An OpenTelemetry collector on a loopback port that keeps what it receives.
#ifndef CLAMBAKE_TESTS_FAKES_COLLECTOR_H_
#define CLAMBAKE_TESTS_FAKES_COLLECTOR_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace clambake {

struct CollectedSpan {
  std::string trace;
  std::string id;
  std::string parent;  // "": the root
  std::string name;
  std::int64_t kind = 0;                      // SpanKind: 1 internal, 3 client
  std::int64_t start = 0;                     // ns
  std::int64_t end = 0;                       // ns
  std::map<std::string, std::string> fields;  // values as JSON
  bool failed = false;
};

// Listens from construction to destruction, with threads of its own.
class Collector {
 public:
  Collector();
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  [[nodiscard]] const std::string& url() const;
  // All that came, as it came and decoded.
  [[nodiscard]] std::string bodies() const;
  [[nodiscard]] std::vector<CollectedSpan> spans() const;

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_COLLECTOR_H_
