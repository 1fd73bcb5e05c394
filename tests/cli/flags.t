# What the flags say, and why.
$ CLAMBAKE_NEW_PLANNER=yes CLAMBAKE_BUNDLER_V2=ON CLAMBAKE_NEW_EXECUTOR=1 clambake flags
  VARIABLE                  VALUE   SOURCE       REASON
  CLAMBAKE_NEW_PLANNER      true    environment  STATIC (env)
  CLAMBAKE_BUNDLER_V2       true    environment  STATIC (env)
  CLAMBAKE_NEW_EXECUTOR     true    environment  STATIC (env)
  CLAMBAKE_READONLY         false   default      DEFAULT
  CLAMBAKE_MIGRATION_PHASE  phase3  derived      DEFAULT
 
  COMPONENT  RUNS  REASON
  planner    v2    STATIC (env)
  bundler    v2    STATIC (env)
  executor   v2    STATIC (env)
 
Writes to GitHub are allowed.
$ CLAMBAKE_NEW_PLANNER=yes CLAMBAKE_BUNDLER_V2=ON CLAMBAKE_NEW_EXECUTOR=1 CLAMBAKE_MIGRATION_PHASE=phase3 clambake flags --readonly --json
{"schema":"clambake.flags/1","readonly":true,"phase":"phase3","flags":[{"variable":"CLAMBAKE_NEW_PLANNER","value":"true","source":"environment","reason":"STATIC","detail":"env"},{"variable":"CLAMBAKE_BUNDLER_V2","value":"true","source":"environment","reason":"STATIC","detail":"env"},{"variable":"CLAMBAKE_NEW_EXECUTOR","value":"true","source":"environment","reason":"STATIC","detail":"env"},{"variable":"CLAMBAKE_READONLY","value":"true","source":"option","reason":"STATIC","detail":"readonly"},{"variable":"CLAMBAKE_MIGRATION_PHASE","value":"phase3","source":"environment","reason":"STATIC","detail":"env"}],"components":{"planner":{"generation":"v2","reason":"STATIC","detail":"env"},"bundler":{"generation":"v2","reason":"STATIC","detail":"env"},"executor":{"generation":"v2","reason":"STATIC","detail":"env"}},"warnings":[]}
$ CLAMBAKE_NEW_PLANNER=yes CLAMBAKE_BUNDLER_V2=ON CLAMBAKE_NEW_EXECUTOR=1 clambake flags check
$ CLAMBAKE_NEW_PLANNER=yes CLAMBAKE_BUNDLER_V2=ON CLAMBAKE_NEW_EXECUTOR=maybe clambake flags check
clambake: error: CLAMBAKE_NEW_EXECUTOR="maybe" is not understood; use one of: true, 1, yes, on, false, 0, no, off
[exit 2]
