// A page as another project's HTML5 parser (Gumbo) sees it.
#ifndef CLAMBAKE_TESTS_FUZZ_HTML_H_
#define CLAMBAKE_TESTS_FUZZ_HTML_H_

#include <gumbo.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace clambake::fuzz {

class Html {
 public:
  explicit Html(std::string_view text)
      : text_(text), output_(gumbo_parse_with_options(&kGumboDefaultOptions, text_.data(), text_.size())) {}
  ~Html() { gumbo_destroy_output(&kGumboDefaultOptions, output_); }
  Html(const Html&) = delete;
  Html& operator=(const Html&) = delete;

  // Elements and their attributes' names, in order: what the page is made of.
  [[nodiscard]] std::string Skeleton() const {
    std::string skeleton;
    Walk(*output_->root, [&](const GumboNode& node) {
      if (node.type != GUMBO_NODE_ELEMENT) return;
      skeleton += gumbo_normalized_tagname(node.v.element.tag);
      for (unsigned i = 0; i < node.v.element.attributes.length; ++i) {
        skeleton += " ";
        skeleton += static_cast<const GumboAttribute*>(node.v.element.attributes.data[i])->name;
      }
      skeleton += "\n";
    });
    return skeleton;
  }

  // What a person can read, one text after the other.
  [[nodiscard]] std::string Text() const {
    std::string text;
    Walk(*output_->root, [&](const GumboNode& node) {
      if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE) text += node.v.text.text;
    });
    return text;
  }

  // The values of all attributes `name`.
  [[nodiscard]] std::vector<std::string> Attributes(std::string_view name) const {
    std::vector<std::string> values;
    Walk(*output_->root, [&](const GumboNode& node) {
      if (node.type != GUMBO_NODE_ELEMENT) return;
      const GumboAttribute* found =
          gumbo_get_attribute(&node.v.element.attributes, std::string(name).c_str());
      if (found != nullptr) values.emplace_back(found->value);
    });
    return values;
  }

 private:
  static void Walk(const GumboNode& node, const std::function<void(const GumboNode&)>& visit) {
    visit(node);
    if (node.type != GUMBO_NODE_ELEMENT) return;
    for (unsigned i = 0; i < node.v.element.children.length; ++i) {
      Walk(*static_cast<const GumboNode*>(node.v.element.children.data[i]), visit);
    }
  }

  std::string text_;
  GumboOutput* output_;
};

}  // namespace clambake::fuzz

#endif  // CLAMBAKE_TESTS_FUZZ_HTML_H_
