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
