// GraphQL, as far as this project asks.
#include <algorithm>
#include <cctype>
#include <map>

#include "fmt/format.h"
#include "tests/fakes/github_routes.h"

namespace clambake {
namespace {

struct Field {
  std::string alias;
  std::string name;
  std::map<std::string, std::string> arguments;
  std::vector<Field> children;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // The selection set of "query{…}".
  std::vector<Field> Query() {
    const std::size_t brace = text_.find('{');
    if (brace == std::string_view::npos) return {};
    at_ = brace;
    return Selection();
  }

 private:
  void Skip() {
    while (at_ < text_.size() &&
           (std::isspace(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == ',')) {
      ++at_;
    }
  }
  bool Accept(char c) {
    Skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string Word() {
    Skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '_' || text_[at_] == '.')) {
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  std::string Argument() {
    if (!Accept('"')) return Word();
    std::string value;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') ++at_;
      value.push_back(text_[at_++]);
    }
    ++at_;
    return value;
  }

  std::vector<Field> Selection() {
    std::vector<Field> fields;
    if (!Accept('{')) return fields;
    while (!Accept('}') && at_ < text_.size()) {
      Field field;
      field.name = Word();
      if (field.name == "...") {  // "... on Issue { … }": the fields are those of whatever it is
        Word();
        Word();
        for (Field& child : Selection()) fields.push_back(std::move(child));
        continue;
      }
      field.alias = field.name;
      if (Accept(':')) field.name = Word();
      if (Accept('(')) {
        while (!Accept(')') && at_ < text_.size()) {
          const std::string key = Word();
          Accept(':');
          field.arguments[key] = Argument();
        }
      }
      field.children = Selection();
      if (field.name.empty()) break;
      fields.push_back(std::move(field));
    }
    return fields;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Resolver {
 public:
  Resolver(const World& world, const GithubGit& git) : world_(world), git_(git) {}

  void Root(JsonWriter& json, const std::vector<Field>& fields) {
    json.Object([&] {
      for (const Field& field : fields) {
        json.Key(field.alias);
        if (field.name == "viewer") {
          json.Object([&] { json.Member("login", world_.login); });
        } else if (field.name == "repository") {
          Repository(json, field);
        } else {
          json.Null();
        }
      }
    });
  }

  std::string errors;

 private:
  void Repository(JsonWriter& json, const Field& repository) {
    const auto argument = [&](const char* key) { return repository.arguments.at(key); };
    const std::string name = fmt::format("{}/{}", argument("owner"), argument("name"));
    json.Object([&] {
      for (const Field& field : repository.children) {
        json.Key(field.alias);
        if (name != world_.full_name) {
          Elsewhere(json, field, name);
        } else if (field.name == "issue" || field.name == "issueOrPullRequest") {
          Issue(json, field);
        } else if (field.name == "ref") {
          Branch(json, field);
        } else {
          json.Null();
        }
      }
    });
  }

  void Elsewhere(JsonWriter& json, const Field& field, const std::string& repository) {
    const std::string key = fmt::format("{}#{}", repository, field.arguments.at("number"));
    const auto found = world_.elsewhere.find(key);
    if (found == world_.elsewhere.end()) {
      Fail(field.alias);
      json.Null();
      return;
    }
    json.Object([&] { json.Member("state", found->second ? "OPEN" : "CLOSED"); });
  }

  void Fail(const std::string& alias) {
    if (!errors.empty()) errors += ",";
    errors += fmt::format(R"({{"type":"NOT_FOUND","path":["{}"],"message":"Could not resolve"}})", alias);
  }

  void Issue(JsonWriter& json, const Field& field) {
    const auto found = world_.issues.find(std::atoll(field.arguments.at("number").c_str()));
    if (found == world_.issues.end()) {
      Fail(field.alias);
      json.Null();
      return;
    }
    json.Object([&] {
      for (const Field& child : field.children) {
        json.Key(child.alias);
        if (child.name == "state") {
          json.Value(found->second.open ? "OPEN" : "CLOSED");
        } else if (child.name == "blockedBy") {
          Connection(json, found->second.blocked_by, found->second.blocked_by_elsewhere);
        } else if (child.name == "subIssues") {
          Connection(json, found->second.sub_issues, {});
        } else {
          json.Null();
        }
      }
    });
  }

  void Node(JsonWriter& json, std::int64_t number, const std::string& repository, bool open) {
    json.Object([&] {
      json.Member("number", number);
      json.Member("state", open ? "OPEN" : "CLOSED");
      json.Key("repository");
      json.Object([&] { json.Member("nameWithOwner", repository); });
    });
  }

  void Connection(JsonWriter& json, const std::vector<std::int64_t>& numbers,
                  const std::vector<std::string>& elsewhere) {
    json.Object([&] {
      json.Member("totalCount", numbers.size() + elsewhere.size());
      json.Key("nodes");
      json.Array([&] {
        for (const std::int64_t number : numbers)
          Node(json, number, world_.full_name, world_.issues.at(number).open);
        for (const std::string& name : elsewhere) {
          const auto found = world_.elsewhere.find(name);
          if (found == world_.elsewhere.end()) {
            json.Null();  // no permission
          } else {
            const std::size_t hash = name.find('#');
            Node(json, std::atoll(name.c_str() + hash + 1), name.substr(0, hash), found->second);
          }
        }
      });
    });
  }

  // ref(qualifiedName:…){compare(headRef:…){aheadBy}}
  void Branch(JsonWriter& json, const Field& field) {
    const auto base = git_.FindRef(field.arguments.at("qualifiedName"));
    json.Object([&] {
      for (const Field& child : field.children) {
        json.Key(child.alias);
        const auto head = git_.FindRef("refs/heads/" + child.arguments.at("headRef"));
        const auto comparison = base && head ? git_.Compare(*base, *head) : std::nullopt;
        if (!comparison) {
          json.Null();
        } else {
          json.Object([&] { json.Member("aheadBy", comparison->ahead_by); });
        }
      }
    });
  }

  const World& world_;
  const GithubGit& git_;
};

}  // namespace

HttpResponse AnswerGraphql(const World& world, const GithubGit& git, const HttpRequest& request) {
  rapidjson::Document body;
  body.Parse(request.body.data(), request.body.size());
  if (body.HasParseError() || !body.IsObject() || !body.HasMember("query")) {
    return GithubRefusal(400, "Problems parsing JSON");
  }
  Resolver resolver(world, git);
  JsonWriter data;
  resolver.Root(data, Parser(body["query"].GetString()).Query());
  std::string text = fmt::format(R"({{"data":{})", data.Take());
  if (!resolver.errors.empty()) text += fmt::format(R"(,"errors":[{}])", resolver.errors);
  return {200, {{"Content-Type", "application/json; charset=utf-8"}}, text + "}"};
}

}  // namespace clambake
