# Flags in a build that has the legacy generation.
$ clambake flags
  VARIABLE                  VALUE   SOURCE   REASON
  CLAMBAKE_NEW_PLANNER      false   default  DEFAULT
  CLAMBAKE_BUNDLER_V2       false   default  DEFAULT
  CLAMBAKE_NEW_EXECUTOR     false   default  DEFAULT
  CLAMBAKE_READONLY         false   default  DEFAULT
  CLAMBAKE_MIGRATION_PHASE  legacy  derived  DEFAULT
 
  COMPONENT  RUNS    REASON
  planner    legacy  DEFAULT
  bundler    legacy  DEFAULT
  executor   legacy  DEFAULT
 
Writes to GitHub are allowed.
$ clambake flags --json
{"schema":"clambake.flags/1","readonly":false,"phase":"legacy","flags":[{"variable":"CLAMBAKE_NEW_PLANNER","value":"false","source":"default","reason":"DEFAULT","detail":""},{"variable":"CLAMBAKE_BUNDLER_V2","value":"false","source":"default","reason":"DEFAULT","detail":""},{"variable":"CLAMBAKE_NEW_EXECUTOR","value":"false","source":"default","reason":"DEFAULT","detail":""},{"variable":"CLAMBAKE_READONLY","value":"false","source":"default","reason":"DEFAULT","detail":""},{"variable":"CLAMBAKE_MIGRATION_PHASE","value":"legacy","source":"derived","reason":"DEFAULT","detail":""}],"components":{"planner":{"generation":"legacy","reason":"DEFAULT","detail":""},"bundler":{"generation":"legacy","reason":"DEFAULT","detail":""},"executor":{"generation":"legacy","reason":"DEFAULT","detail":""}},"warnings":[]}
$ CLAMBAKE_NEW_PLANNER=true CLAMBAKE_MIGRATION_PHASE=legacy clambake flags
  VARIABLE                  VALUE   SOURCE       REASON
  CLAMBAKE_NEW_PLANNER      false   environment  DISABLED (phase_ceiling)
  CLAMBAKE_BUNDLER_V2       false   default      DISABLED (phase_ceiling)
  CLAMBAKE_NEW_EXECUTOR     false   default      DISABLED (phase_ceiling)
  CLAMBAKE_READONLY         false   default      DEFAULT
  CLAMBAKE_MIGRATION_PHASE  legacy  environment  STATIC (env)
 
  COMPONENT  RUNS    REASON
  planner    legacy  DISABLED (phase_ceiling)
  bundler    legacy  DISABLED (phase_ceiling)
  executor   legacy  DISABLED (phase_ceiling)
 
Writes to GitHub are allowed.
Warning: CLAMBAKE_NEW_PLANNER=true has no effect: CLAMBAKE_MIGRATION_PHASE=legacy keeps the planner at legacy
$ CLAMBAKE_BUNDLER_V2=true clambake flags
  VARIABLE                  VALUE   SOURCE       REASON
  CLAMBAKE_NEW_PLANNER      false   default      DEFAULT
  CLAMBAKE_BUNDLER_V2       true    environment  STATIC (env)
  CLAMBAKE_NEW_EXECUTOR     false   default      DEFAULT
  CLAMBAKE_READONLY         false   default      DEFAULT
  CLAMBAKE_MIGRATION_PHASE  legacy  derived      DEFAULT
 
  COMPONENT  RUNS    REASON
  planner    legacy  DEFAULT
  bundler    v2      STATIC (env)
  executor   legacy  DEFAULT
 
Writes to GitHub are allowed.
Warning: CLAMBAKE_BUNDLER_V2 is on while CLAMBAKE_NEW_PLANNER is off: it works, but it is off the path of the phases
$ CLAMBAKE_BUNDLER_V2=true clambake flags check
clambake: warning: CLAMBAKE_BUNDLER_V2 is on while CLAMBAKE_NEW_PLANNER is off: it works, but it is off the path of the phases
$ CLAMBAKE_BUNDLER_V2=true clambake flags check --quiet
$ CLAMBAKE_READONLY=1 CLAMBAKE_NEW_PLANNER=true clambake flags
  VARIABLE                  VALUE   SOURCE       REASON
  CLAMBAKE_NEW_PLANNER      true    environment  STATIC (env)
  CLAMBAKE_BUNDLER_V2       false   default      DEFAULT
  CLAMBAKE_NEW_EXECUTOR     false   default      DEFAULT
  CLAMBAKE_READONLY         true    environment  STATIC (readonly)
  CLAMBAKE_MIGRATION_PHASE  phase1  derived      DEFAULT
 
  COMPONENT  RUNS    REASON
  planner    v2      STATIC (env)
  bundler    legacy  DEFAULT
  executor   legacy  DEFAULT
 
Read-only: nothing is written to GitHub.
$ CLAMBAKE_NEW_PLANNER=true clambake flags --color always
  [2mVARIABLE[0m                  [2mVALUE[0m   [2mSOURCE[0m       [2mREASON[0m
  [1mCLAMBAKE_NEW_PLANNER[0m      true    environment  STATIC (env)
  [1mCLAMBAKE_BUNDLER_V2[0m       false   default      DEFAULT
  [1mCLAMBAKE_NEW_EXECUTOR[0m     false   default      DEFAULT
  [1mCLAMBAKE_READONLY[0m         false   default      DEFAULT
  [1mCLAMBAKE_MIGRATION_PHASE[0m  phase1  derived      DEFAULT
 
  [2mCOMPONENT[0m  [2mRUNS[0m    [2mREASON[0m
  [1mplanner[0m    [32mv2[0m      STATIC (env)
  [1mbundler[0m    legacy  DEFAULT
  [1mexecutor[0m   legacy  DEFAULT
 
Writes to GitHub are allowed.
