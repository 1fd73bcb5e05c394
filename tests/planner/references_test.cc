// What counts as a reference to an issue of ours in free text.
#include "planner/references.h"

#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

using Numbers = std::vector<IssueNumber>;

Numbers In(std::string_view text) { return ReferencedIssues(text, "owner/name"); }

TEST_CASE("A number after a hash is a reference where GitHub makes a link of it") {
  CHECK(In("#12") == Numbers{12});
  CHECK(In("fixes #3, (#2) and #2") == Numbers{2, 3});
  CHECK(In("#7.") == Numbers{7});
  CHECK(In("no number: # or #x or ##").empty());
  CHECK(In("#0").empty());
  CHECK(In("#12x, #12_ and #1234567890123456").empty());  // no issue has sixteen digits
  CHECK(In("v#1 _#2 &#3; /#4").empty());
}

TEST_CASE("A reference with the repository's name is ours only if all of the name is") {
  CHECK(In("owner/name#1 Owner/NAME#2") == Numbers{1, 2});
  CHECK(In("see owner/name#3") == Numbers{3});
  CHECK(In("other/name#1 xowner/name#2 my-owner/name#3 a.owner/name#4 _owner/name#5").empty());
  CHECK(ReferencedIssues("owner/name#1", "").empty());
  CHECK(ReferencedIssues("n#1", "owner/name").empty());
}

TEST_CASE("A link to an issue of ours is a reference, and one to another repository's is none") {
  CHECK(In("https://github.com/owner/name/issues/12") == Numbers{12});
  CHECK(In("owner/name/issues/4 and https://github.com/owner/name/issues/5#c") == Numbers{4, 5});
  CHECK(In("https://github.com/other/name/issues/12").empty());
  CHECK(In("owner/name/issues/new").empty());
}

TEST_CASE("An agent's branch names its issue, with or without words behind it") {
  CHECK(IssueOfAgentBranch("agent001/12") == 12);
  CHECK(IssueOfAgentBranch("agent001/12-slug") == 12);
  for (const std::string_view branch :
       {"main", "agent001", "topic/12", "agent001/", "agent001/-slug", "agent001/12x", "agent001/0"}) {
    INFO(branch);
    CHECK_FALSE(IssueOfAgentBranch(branch).has_value());
  }
}

}  // namespace
}  // namespace clambake::planner
