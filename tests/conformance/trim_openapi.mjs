// GitHub's OpenAPI description, cut down to the operations that this project
// uses, in either API version.
//   node trim_openapi.mjs DESCRIPTION VERSION OUTPUT
import { readFileSync, writeFileSync } from "node:fs";

const R = "/repos/{owner}/{repo}";
const operations = {
  [R]: ["get"],
  [`${R}/issues`]: ["get"],
  [`${R}/issues/{issue_number}`]: ["get"],
  [`${R}/issues/{issue_number}/labels`]: ["post"],
  [`${R}/issues/{issue_number}/labels/{name}`]: ["delete"],
  [`${R}/issues/{issue_number}/assignees`]: ["post", "delete"],
  [`${R}/issues/{issue_number}/comments`]: ["get", "post"],
  [`${R}/issues/comments/{comment_id}`]: ["get", "patch", "delete"],
  [`${R}/issues/{issue_number}/dependencies/blocked_by`]: ["get", "post"],
  [`${R}/issues/{issue_number}/dependencies/blocked_by/{issue_id}`]: ["delete"],
  [`${R}/issues/{issue_number}/sub_issues`]: ["get"],
  [`${R}/labels`]: ["get", "post"],
  [`${R}/labels/{name}`]: ["get"],
  [`${R}/git/ref/{ref}`]: ["get"],
  [`${R}/git/matching-refs/{ref}`]: ["get"],
  [`${R}/git/refs`]: ["post"],
  [`${R}/git/refs/{ref}`]: ["patch", "delete"],
  [`${R}/git/commits/{commit_sha}`]: ["get"],
  [`${R}/git/commits`]: ["post"],
  [`${R}/git/trees`]: ["post"],
  [`${R}/compare/{basehead}`]: ["get"],
  [`${R}/merges`]: ["post"],
  [`${R}/pulls`]: ["get", "post"],
  [`${R}/pulls/{pull_number}`]: ["get"],
  [`${R}/pulls/{pull_number}/files`]: ["get"],
  [`${R}/pulls/{pull_number}/merge`]: ["put"],
  "/user": ["get"],
  "/rate_limit": ["get"],
};

// RFC 7396, as GitHub notes most of its breaking changes.
function mergePatch(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const result = target !== null && typeof target === "object" && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

// RFC 6902, as far as it occurs.
function jsonPatch(target, patch) {
  for (const { op, path, value } of patch) {
    const keys = path.split("/").slice(1).map((key) => key.replace(/~1/g, "/").replace(/~0/g, "~"));
    const last = keys.pop();
    const parent = keys.reduce((at, key) => at?.[key], target);
    if (parent === undefined) continue;
    if (op === "remove") delete parent[last];
    else parent[last] = value;
  }
  return target;
}

// Applies the breaking changes up to `version` to everything below `node`.
function upgrade(node, version) {
  if (node === null || typeof node !== "object") return node;
  for (const key of Object.keys(node)) {
    if (key !== "x-github-breaking-changes") node[key] = upgrade(node[key], version);
  }
  let result = node;
  for (const change of node["x-github-breaking-changes"] ?? []) {
    if (change.version > version) continue;
    result = Array.isArray(change.patch) ? jsonPatch(result, change.patch) : mergePatch(result, change.patch);
  }
  delete result["x-github-breaking-changes"];
  return result;
}

const [description, version, output] = process.argv.slice(2);
const all = JSON.parse(readFileSync(description, "utf8"));
const trimmed = { openapi: all.openapi, info: { title: all.info.title, version }, paths: {}, components: {} };

function keep(node) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.$ref === "string") {
    const [, , kind, name] = node.$ref.split("/");
    trimmed.components[kind] ??= {};
    if (!(name in trimmed.components[kind])) {
      trimmed.components[kind][name] = upgrade(structuredClone(all.components[kind][name]), version);
      keep(trimmed.components[kind][name]);
    }
  }
  for (const value of Object.values(node)) keep(value);
}

let count = 0;
for (const [path, methods] of Object.entries(operations)) {
  if (!all.paths[path]) throw new Error(`the description has no path ${path}`);
  trimmed.paths[path] = {};
  for (const method of methods) {
    const operation = all.paths[path][method];
    if (!operation) throw new Error(`the description has no ${method} ${path}`);
    delete operation.examples;
    trimmed.paths[path][method] = upgrade(structuredClone(operation), version);
    ++count;
  }
}
keep(trimmed.paths);
writeFileSync(output, JSON.stringify(trimmed));
console.log(`${count} operations of version ${version}`);
