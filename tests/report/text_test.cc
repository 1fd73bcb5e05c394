#include "clambake/report.h"
#include "report/table.h"
#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

TEST_CASE("Minutes read as people say them") {
  REQUIRE(FormatMinutes(0) == "0m");
  REQUIRE(FormatMinutes(59) == "59m");
  REQUIRE(FormatMinutes(60) == "1h");
  REQUIRE(FormatMinutes(90) == "1h30m");
  REQUIRE(FormatMinutes(1440) == "1d");
  REQUIRE(FormatMinutes(3119) == "2d3h59m");
}

TEST_CASE("Widths count terminal columns, not bytes") {
  REQUIRE(DisplayWidth("") == 0);
  REQUIRE(DisplayWidth("abc") == 3);
  REQUIRE(DisplayWidth("café") == 4);
  REQUIRE(DisplayWidth("日本") == 4);
}

TEST_CASE("A table is aligned, cut to the terminal's width, and says what it leaves out") {
  TextStyle style{.width = 24, .max_rows = 2};
  Table table({">N", "NAME", "TEXT"}, style);
  table.AddRow({{"1"}, {"日本"}, {"a text that is too long"}});
  table.AddRow({{"100"}, {"b"}, {"short"}}, {"a detail"});
  table.AddRow({{"7"}, {"c"}, {"unseen"}});
  REQUIRE(table.Render("rows") ==
          "    N  NAME  TEXT\n"
          "    1  日本  a text tha…\n"
          "  100  b     short\n"
          "      a detail\n"
          "  … and 1 more rows\n");
}

TEST_CASE("Colours appear only where they are asked for") {
  REQUIRE(Colored("x", Ink::kRed, {}) == "x");
  REQUIRE(Colored("x", Ink::kRed, {.color = TextStyle::Color::kAlways}) == "\x1b[31mx\x1b[0m");
}

TEST_CASE("Titles from outside cannot move the cursor of whoever reads the plan") {
  const auto backlog = MakeBacklog({{1, "\x1b[2Jgone\nnext line"}});
  Plan plan;
  plan.agents = *MakeAgents(1);
  plan.unassigned = {{1, UnassignedReason::kNotReady, {}}};
  const std::string text = PlanText(backlog, plan, {}, {});
  REQUIRE(text.find('\x1b') == std::string::npos);
  REQUIRE_THAT(text, ContainsSubstring(" [2Jgone next line"));
}

TEST_CASE("Every reason for not being scheduled is explained") {
  const auto backlog = MakeBacklog({{1, "t"}});
  for (int reason = 0; reason <= static_cast<int>(UnassignedReason::kNoSkilledAgent); ++reason) {
    Plan plan;
    plan.unassigned = {{1, static_cast<UnassignedReason>(reason), {2}}};
    const std::string plain = PlanText(backlog, plan, {}, {});
    const std::string explained = PlanText(backlog, plan, {}, {.explain = TextStyle::Explain::kYes});
    REQUIRE(explained.size() > plain.size() + 20);
  }
}

}  // namespace
}  // namespace clambake
