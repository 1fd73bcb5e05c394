# Makes the headers' plain comments visible to Doxygen: // becomes ///, // behind
# code becomes ///<, the first comment of a file describes the file. What means
# something to Doxygen alone is escaped.
function escaped(text) {
  gsub(/\\/, "\\\\", text)
  gsub(/[@<>#%&"$]/, "\\\\&", text)
  gsub(/::/, "\\::", text)
  return text
}
/^#ifndef CLAMBAKE_/ && !opened { opened = 1; print; next }
!opened && /^\/\// { sub(/^\/\/ ?/, ""); print (described++ ? "/// " : "/// @file\n/// ") escaped($0); next }
/^}  \/\/ namespace/ { print "}"; next }
/^ *\/\// { at = index($0, "//"); print substr($0, 1, at - 1) "/// " escaped(substr($0, at + 2)); next }
/^#endif/ { print "#endif"; next }
match($0, /[;,{] +\/\/ /) {
  at = index($0, " // ")
  print substr($0, 1, at) (substr($0, at - 1, 1) == "{" ? "/// " : "///< ") escaped(substr($0, at + 4))
  next
}
{ print }
