// CP-SAT on one instance, for peers.sh: prints makespan, bound and seconds.
//
// usage: node peers_cp_sat.mjs PACKAGE_FOLDER SECONDS FILE [AGENTS]
//   PACKAGE_FOLDER  an installed npm package or-tools-wasm
//   FILE            a partition (agents, issues, then minutes); with AGENTS, a
//                   task graph of the STG (tasks, then number, minutes, count
//                   of predecessors and those)
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, seconds, file, agents] = process.argv.slice(2);
const api = await import(pathToFileURL(`${folder}/build/javascript/node/cp-sat.js`));
const numbers = readFileSync(file, 'utf8').replace(/#.*/g, '').split(/\s+/).filter(Boolean).map(Number);
const model = new api.CpModel();
let makespan;

if (agents === undefined) {
  const [m, n, ...minutes] = numbers;
  const total = minutes.reduce((a, b) => a + b, 0);
  makespan = model.newIntVar(0, total, 'makespan');
  const taken = minutes.map(() => Array.from({ length: m }, () => model.newBoolVar()));
  taken.forEach((row) => model.addExactlyOne(row));
  for (let agent = 0; agent < m; ++agent) {
    let load = makespan.times(-1);
    for (let job = 0; job < n; ++job) load = load.plus(taken[job][agent].times(minutes[job]));
    model.addLinearConstraint(load, -total, 0);
  }
} else {
  const rows = [];
  for (let at = 1; at + 2 < numbers.length;) {
    const count = numbers[at + 2];
    rows.push({ minutes: numbers[at + 1], before: numbers.slice(at + 3, at + 3 + count) });
    at += 3 + count;
  }
  const total = rows.reduce((sum, row) => sum + row.minutes, 0);
  makespan = model.newIntVar(0, total, 'makespan');
  const start = rows.map(() => model.newIntVar(0, total));
  const work = rows.map((row, job) => model.newFixedSizeIntervalVar(start[job], row.minutes));
  rows.forEach((row, job) => {
    row.before.forEach((by) => model.addLinearConstraint(start[job].plus(start[by].times(-1)), rows[by].minutes, total));
    model.addLinearConstraint(makespan.plus(start[job].times(-1)), row.minutes, total);
  });
  model.addCumulative(work, rows.map(() => 1), Number(agents));
}
model.minimize(makespan);

const solver = new api.CpSolver();
const begin = performance.now();
const status = await solver.solve(model, { numSearchWorkers: 1, maxTimeInSeconds: Number(seconds) });
const took = ((performance.now() - begin) / 1e3).toFixed(2);
const found = solver.statusName(status) === 'OPTIMAL' || solver.statusName(status) === 'FEASIBLE';
console.log(found ? solver.objectiveValue() : '-', solver.bestObjectiveBound(), took);
process.exit(0);
