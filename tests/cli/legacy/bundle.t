# The old bundler on the same clone: one shared file, and all go alone.
$ bash ../tests/cli/make_clone.sh $SCRATCH/clone
$ printf 'agent001/3-top 3\nagent002/5-bottom 5\n' | clambake bundle --heads - --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z
Bundles onto 8fa3081ace, made by the legacy bundler (DEFAULT)
 
  Nothing to bundle.
 
In no bundle
  ISSUE  HEAD        WHY ALONE     PATHS
     #3  5b116df281  legacy_score  
     #5  39e1200da4  legacy_score  
 
0 heads in 0 bundles, 2 in none; 1 conflict.
$ printf 'agent004/9-new 9\n' | clambake bundle --heads - --git-dir $SCRATCH/clone --base main~1 --window 2026-01-02T03:44:05Z --json
{"schema":"clambake.bundles/1","reason":"DEFAULT","readonly":false,"bundler":"legacy","base":"373aa0dec074f58c9e7ed1b864cbc54c1a24a4fc","bundles":[{"name":"bundle/20260102_0340__issues_9","heads":["667ae49674b799dc0a8e2eae651b527e9d6953c2"],"issues":[9],"tree":"1b20387894eb91feab5262f7789089e2f97552be"}],"individual":[],"conflicts":[],"lower_bound":0,"digest":"sha256:3598601be764b19010d2f803161bdca3dcb38a1e745d61e306a4e5fea67573f6"}
# Both side by side.
$ printf 'agent001/3-top 3\nagent002/5-bottom 5\nagent003/7-also-top 7\nagent005/11-nothing 11\n' > $SCRATCH/heads
$ clambake compare --component bundler --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z
legacy (control) beside v2 (candidate): what becomes of each head
 
  HEAD        CLASS       REASON             CONTROL       CANDIDATE
  5b116df281  expected    L3_all_or_nothing  legacy_score  bundle of 2
  39e1200da4  expected    L3_all_or_nothing  legacy_score  bundle of 2
  bbf414be3b  expected    L3_all_or_nothing  legacy_score  bundle of 1
  e8af34f456  equivalent  reason             legacy_score  empty
 
4 pull requests beside 3.
Heads: 0 same, 1 equivalent, 3 expected, 0 different.
Mergeable heads that ride: legacy 0.0 % (0 of 3), v2 100.0 % (3 of 3).
Noise floor (legacy beside legacy): 4 same, 0 equivalent, 0 expected, 0 different.
No functional difference: every difference has a declared reason.
$ clambake compare --component bundler --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z --json
{"schema":"clambake.comparison/1","component":"bundler","control":{"bundler":"legacy","digest":"sha256:4c2c69b6b9e49f828bfbd97f3ec16cb89a0f5e1c98effcee81e371e7480d271f","bundles":0,"success_rate":0.0000},"candidate":{"bundler":"v2","digest":"sha256:4f9162e73fe3ae1530ff7f44dba66398240d50495a1e0b6444b1425946495940","bundles":2,"success_rate":1.0000},"counts":{"same":0,"equivalent":1,"expected":3,"different":0},"noise":{"same":4,"equivalent":0,"expected":0,"different":0},"differences":[{"head":"5b116df28147824576b128196d905a0dfda2a89b","issue":3,"class":"expected","code":"L3_all_or_nothing","control":"legacy_score","candidate":"bundle of 2"},{"head":"39e1200da4e649b454369dcadfddf8b2a1a30984","issue":5,"class":"expected","code":"L3_all_or_nothing","control":"legacy_score","candidate":"bundle of 2"},{"head":"bbf414be3be3a345e6bb04e0e0cb21c6ac5f2b69","issue":7,"class":"expected","code":"L3_all_or_nothing","control":"legacy_score","candidate":"bundle of 1"},{"head":"e8af34f45676266e6637931e8036a626235788be","issue":11,"class":"equivalent","code":"reason","control":"legacy_score","candidate":"empty"}],"same":true}
# And what turned a bundle red.
$ CLAMBAKE_NEW_PLANNER=1 CLAMBAKE_BUNDLER_V2=1 clambake bundle --heads $SCRATCH/heads --git-dir $SCRATCH/clone --window 2026-01-02T03:44:05Z --json > $SCRATCH/bundles.json
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --result green --repo acme/shop --state $SCRATCH/state.db
clambake: error: --bisect bundle/20260102_0340__issues_3_5: no search has begun; name the bundles with --previous FILE
[exit 2]
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --previous $SCRATCH/bundles.json --repo acme/shop --state $SCRATCH/state.db
merge and check these, then give --result red or --result green:
  5b116df28147824576b128196d905a0dfda2a89b
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --previous $SCRATCH/bundles.json --repo acme/shop --state $SCRATCH/state.db --json
{"schema":"clambake.bisection/1","bundle":"bundle/20260102_0340__issues_3_5","heads":["5b116df28147824576b128196d905a0dfda2a89b","39e1200da4e649b454369dcadfddf8b2a1a30984"],"good":0,"bad":2,"culprits":[],"runs":0,"done":false,"next":["5b116df28147824576b128196d905a0dfda2a89b"]}
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --result green --repo acme/other --state $SCRATCH/state.db
clambake: error: --bisect bundle/20260102_0340__issues_3_5: no search has begun; name the bundles with --previous FILE
[exit 2]
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --result green --repo acme/shop --state $SCRATCH/state.db
culprit 39e1200da4e649b454369dcadfddf8b2a1a30984
done after 1 run
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --result green --repo acme/shop --state $SCRATCH/state.db
clambake: error: the bisection is over: there is no run to record
[exit 2]
$ clambake bundle --bisect bundle/20260102_0340__issues_3_5 --repo acme/shop --state $SCRATCH/state.db --json
{"schema":"clambake.bisection/1","bundle":"bundle/20260102_0340__issues_3_5","heads":["5b116df28147824576b128196d905a0dfda2a89b"],"good":1,"bad":0,"culprits":["39e1200da4e649b454369dcadfddf8b2a1a30984"],"runs":1,"done":true,"next":[]}
$ clambake bundle --bisect none --previous $SCRATCH/bundles.json --repo acme/shop --state $SCRATCH/state.db
clambake: error: --bisect none: $SCRATCH/bundles.json has no such bundle
[exit 2]
$ clambake bundle --bisect none --previous $SCRATCH/bundles.json
clambake: error: no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone of it (.: there is no git repository)
[exit 2]
