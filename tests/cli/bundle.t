# The bundler on a clone that is the same each time.
$ bash ../tests/cli/make_clone.sh $SCRATCH/clone
$ printf 'agent001/3-top 3\nagent002/5-bottom 5\nagent003/7-also-top 7 # clashes with 3\n\nagent004/9-new 9\nagent005/11-nothing 11\nagent006/13-late 13\nagent007/15-gone 15\n' > $SCRATCH/heads
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z
Bundles onto 8fa3081ace, made by the v2 bundler (STATIC: env)
 
  BUNDLE  HEADS  TREE        ISSUES
       1      3  450fcbe4df  #3 #5 #9
       2      1  d704a34c2f  #7
 
In no bundle
  ISSUE  HEAD              WHY ALONE            PATHS
    #13  143f2f1590        conflicts_with_base  numbers
    #11  e8af34f456        empty                
    #15  agent007/15-gone  missing              
 
4 heads in 2 bundles, 3 in none; 1 conflict.
No set of bundles is smaller than 2 (so many heads conflict with one another): this is the fewest.
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z --explain
Bundles onto 8fa3081ace, made by the v2 bundler (STATIC: env)
 
  BUNDLE  HEADS  TREE        ISSUES
       1      3  450fcbe4df  #3 #5 #9
      bundle/20260102_0340__issues_3_5_9
      merge order: 5b116df281 39e1200da4 667ae49674
       2      1  d704a34c2f  #7
      bundle/20260102_0340__issues_7
      merge order: bbf414be3b
 
In no bundle
  ISSUE  HEAD              WHY ALONE            PATHS
    #13  143f2f1590        conflicts_with_base  numbers
    #11  e8af34f456        empty                
    #15  agent007/15-gone  missing              
 
Conflicts
  HEAD        CANNOT RIDE WITH  PATHS AND LINES OF THE BASE
  5b116df281  bbf414be3b        numbers:2-2
 
4 heads in 2 bundles, 3 in none; 1 conflict.
No set of bundles is smaller than 2 (so many heads conflict with one another): this is the fewest.
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z --json --readonly | tee $SCRATCH/bundles.json
{"schema":"clambake.bundles/1","reason":"STATIC:env","readonly":true,"bundler":"v2","base":"8fa3081acecd300a7298f60057c0a4ac91d6f4c7","bundles":[{"name":"bundle/20260102_0340__issues_3_5_9","heads":["5b116df28147824576b128196d905a0dfda2a89b","39e1200da4e649b454369dcadfddf8b2a1a30984","667ae49674b799dc0a8e2eae651b527e9d6953c2"],"issues":[3,5,9],"tree":"450fcbe4df3541be39f43caddb6d3a3836c834f2"},{"name":"bundle/20260102_0340__issues_7","heads":["bbf414be3be3a345e6bb04e0e0cb21c6ac5f2b69"],"issues":[7],"tree":"d704a34c2fb1fd9e9926edc1641c706a70f57e0d"}],"individual":[{"head":"143f2f15902f6a6ba88308cadc460ee4706d9789","issue":13,"reason":"conflicts_with_base","paths":["numbers"]},{"head":"e8af34f45676266e6637931e8036a626235788be","issue":11,"reason":"empty","paths":[]},{"head":"agent007/15-gone","issue":15,"reason":"missing","paths":[]}],"conflicts":[{"a":"5b116df28147824576b128196d905a0dfda2a89b","b":"bbf414be3be3a345e6bb04e0e0cb21c6ac5f2b69","paths":["numbers"],"lines":[{"path":"numbers","first":2,"last":2}]}],"lower_bound":2,"lower_bound_proof":"clique","digest":"sha256:4983571f414cc5bef824dc9acf671f6cc05a93d204806c56d741522cc03eeb3a"}
$ sed 1d $SCRATCH/heads | CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads - --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z --previous $SCRATCH/bundles.json
Bundles onto 8fa3081ace, made by the v2 bundler (STATIC: env)
 
  BUNDLE  HEADS  TREE        ISSUES
       1      3  a5b496d084  #5 #7 #9
 
In no bundle
  ISSUE  HEAD              WHY ALONE            PATHS
    #13  143f2f1590        conflicts_with_base  numbers
    #11  e8af34f456        empty                
    #15  agent007/15-gone  missing              
 
3 heads in 1 bundle, 3 in none; 0 conflicts.
No set of bundles is smaller than 1 (heads over the size of a bundle): this is the fewest.
$ git -C $SCRATCH/clone status --porcelain && find $SCRATCH/clone/.git/objects -type f | wc -l
22
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --from backlog.json --approximate --base main --window 2026-01-02T03:44:05Z
Bundles onto main, made by the v2 bundler (STATIC: approximate), by file names alone
 
  Nothing to bundle.
 
In no bundle
  ISSUE  HEAD        WHY ALONE      PATHS
    #25  c5c5c5c5c5  files_unknown  
 
0 heads in 0 bundles, 1 in none; 0 conflicts.
Approximate: the server must confirm each merge.
# What is wrong is said.
$ cd $SCRATCH; clambake bundle
clambake: error: no heads: list them with --heads FILE, or name a backlog with --from FILE (- is standard input) or a repository on GitHub with --repo OWNER/NAME (.: there is no git repository)
[exit 2]
$ git -C $SCRATCH/clone for-each-ref 'refs/heads/nobody*' | CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads - --git-dir $SCRATCH/clone
Bundles onto 8fa3081ace, made by the v2 bundler (STATIC: env)
 
  Nothing to bundle.
 
0 heads in 0 bundles, 0 in none; 0 conflicts.
clambake: warning: --heads -: no branch is listed
$ printf 'a b\n' | clambake bundle --heads - --git-dir $SCRATCH/clone
clambake: error: standard input:1: expected the number of an issue, found "b"
[exit 2]
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --base nowhere
clambake: error: base "nowhere": the repository has no such branch or commit
[exit 2]
$ git clone -q --bare $SCRATCH/clone $SCRATCH/trunk && git -C $SCRATCH/trunk branch -m main trunk
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/trunk
clambake: error: base "main": the repository has no such branch or commit: name another with --base
[exit 2]
$ clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH
clambake: error: $SCRATCH: there is no git repository
[exit 2]
$ clambake bundle --heads $SCRATCH/none --git-dir $SCRATCH/clone
clambake: error: $SCRATCH/none: cannot be read: No such file or directory
[exit 2]
$ clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --previous $SCRATCH/heads
clambake: error: $SCRATCH/heads: not JSON at byte 0
[exit 2]
$ clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window noon
clambake: error: --window noon: expected a time such as 2026-01-02T03:04:05Z
[exit 2]
$ clambake bundle --heads $SCRATCH/heads --max-size -1
clambake: error: --max-size: Value -1 not in range 0 to 100000 (see --help)
[exit 2]
