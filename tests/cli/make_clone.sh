#!/usr/bin/env bash
# Makes a small clone, the same each time: make_clone.sh FOLDER
set -euo pipefail
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t
export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t TZ=UTC
git init -q -b main "$1"
cd "$1"
minute=10
commit() { # commit BRANCH MESSAGE, with what is in the work tree
  git add -A
  minute=$((minute + 1))
  GIT_AUTHOR_DATE="2026-01-02T03:$minute:00Z" GIT_COMMITTER_DATE="2026-01-02T03:$minute:00Z" git commit -q --allow-empty -m "$1"
}
seq 1 20 >numbers
commit base
branch() { git checkout -q -b "$1" "${2:-main}"; }
branch agent001/3-top && sed -i 's/^2$/two/' numbers && commit top
branch agent002/5-bottom && sed -i 's/^19$/nineteen/' numbers && commit bottom
branch agent003/7-also-top && sed -i 's/^2$/zwei/' numbers && commit also-top
branch agent004/9-new && echo new >new && commit new
branch agent005/11-nothing && commit nothing
branch agent006/13-late && sed -i 's/^10$/ten/' numbers && commit late
git checkout -q main
sed -i 's/^10$/zehn/' numbers
commit main
