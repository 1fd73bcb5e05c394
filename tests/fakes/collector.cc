#include "tests/fakes/collector.h"

#include <httplib.h>

#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace clambake {
namespace {

std::string JsonOf(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

CollectedSpan Decode(const rapidjson::Value& json) {
  CollectedSpan span{.trace = json["traceId"].GetString(),
                     .id = json["spanId"].GetString(),
                     .parent = json.HasMember("parentSpanId") ? json["parentSpanId"].GetString() : "",
                     .name = json["name"].GetString(),
                     .kind = json["kind"].GetInt64(),
                     .start = std::stoll(json["startTimeUnixNano"].GetString()),
                     .end = std::stoll(json["endTimeUnixNano"].GetString())};
  for (const rapidjson::Value& field : json["attributes"].GetArray()) {
    span.fields[field["key"].GetString()] = JsonOf(field["value"].MemberBegin()->value);
  }
  span.failed = json["status"].HasMember("code");
  return span;
}

}  // namespace

struct Collector::Listener {
  httplib::Server server;
  std::thread thread;
  std::string url;
  std::mutex mutex;
  std::string bodies;
  std::vector<CollectedSpan> spans;

  void Take(const std::string& body) {
    const std::lock_guard<std::mutex> lock(mutex);
    bodies += body + "\n";
    rapidjson::Document document;
    if (document.Parse(body.c_str()).HasParseError()) return;
    for (const rapidjson::Value& resource : document["resourceSpans"].GetArray()) {
      for (const rapidjson::Value& scope : resource["scopeSpans"].GetArray()) {
        for (const rapidjson::Value& span : scope["spans"].GetArray()) spans.push_back(Decode(span));
      }
    }
  }
};

Collector::Collector() : listener_(std::make_unique<Listener>()) {
  Listener& listener = *listener_;
  listener.server.Post("/v1/traces",
                       [&listener](const httplib::Request& request, httplib::Response& response) {
                         listener.Take(request.body);
                         response.set_content("{}", "application/json");
                       });
  listener.url = fmt::format("http://127.0.0.1:{}", listener.server.bind_to_any_port("127.0.0.1"));
  listener.thread = std::thread([&listener] { listener.server.listen_after_bind(); });
  while (!listener.server.is_running()) absl::SleepFor(absl::Milliseconds(1));
}

Collector::~Collector() {
  listener_->server.stop();
  listener_->thread.join();
}

const std::string& Collector::url() const { return listener_->url; }

std::string Collector::bodies() const {
  const std::lock_guard<std::mutex> lock(listener_->mutex);
  return listener_->bodies;
}

std::vector<CollectedSpan> Collector::spans() const {
  const std::lock_guard<std::mutex> lock(listener_->mutex);
  return listener_->spans;
}

}  // namespace clambake
