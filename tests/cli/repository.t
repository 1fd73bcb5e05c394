# Which repository is meant: --repo, else GITHUB_REPOSITORY, else the clone's origin.

$ git init -q $SCRATCH/clone; git -C $SCRATCH/clone remote add origin git@github.com:octo/hello.git; git init -q $SCRATCH/bare; cd $SCRATCH/clone; clambake state init --state $SCRATCH/state
state for octo/hello is ready (sqlite, schema 7)

$ mkdir -p $SCRATCH/clone/below; cd $SCRATCH/clone/below; clambake state init --state $SCRATCH/state
state for octo/hello is ready (sqlite, schema 7)

$ clambake state init --state $SCRATCH/state --git-dir $SCRATCH/clone
state for octo/hello is ready (sqlite, schema 7)

$ cd $SCRATCH/clone; GITHUB_REPOSITORY=octo/environment clambake state init --state $SCRATCH/state
state for octo/environment is ready (sqlite, schema 7)

$ cd $SCRATCH/clone; GITHUB_REPOSITORY=octo/environment clambake state init --state $SCRATCH/state --repo octo/option
state for octo/option is ready (sqlite, schema 7)

# A remote on another host than the API's is not taken.

$ cd $SCRATCH/clone; clambake plan --api-url https://github.example/api/v3
clambake: error: no backlog: name a saved one with --from FILE (- is standard input), or a repository on GitHub with --repo OWNER/NAME (.: the remote origin: it is on github.com, and the API https://github.example/api/v3 belongs to github.example)
[exit 2]

$ cd $SCRATCH/clone; git remote set-url origin https://me:hunter2@gitlab.example/octo/hello; clambake fetch
clambake: error: no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone of it (.: the remote origin: it is on gitlab.example, and the API https://api.github.com belongs to github.com)
[exit 2]

$ cd $SCRATCH/clone; git remote set-url origin ssh://git@github.example:2222/octo/hello.git; clambake state init --state $SCRATCH/state --api-url https://github.example/api/v3
state for octo/hello is ready (sqlite, schema 7)

$ cd $SCRATCH/bare; clambake bundle
clambake: error: no heads: list them with --heads FILE, or name a backlog with --from FILE (- is standard input) or a repository on GitHub with --repo OWNER/NAME (.: there is no remote origin)
[exit 2]

$ cd $SCRATCH; clambake plan
clambake: error: no backlog: name a saved one with --from FILE (- is standard input), or a repository on GitHub with --repo OWNER/NAME (.: there is no git repository)
[exit 2]

$ clambake state init --state $SCRATCH/state --git-dir $SCRATCH/none
clambake: error: no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone of it ($SCRATCH/none: there is no such folder)
[exit 2]

# It is the repository that a token is asked for.

$ cd $SCRATCH/clone; git remote set-url origin https://github.com/octo/hello; clambake compare
clambake: error: no token for GitHub: set GH_TOKEN (with the GitHub CLI: export GH_TOKEN=$(gh auth token)), or name a file with --token-file; https://github.com/settings/personal-access-tokens makes one: read access to issues, pull requests and contents is enough for reading
[exit 4]
