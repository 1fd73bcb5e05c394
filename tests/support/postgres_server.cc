#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "fmt/format.h"

#if CLAMBAKE_HAS_POSTGRES
#include <libpq-fe.h>
#endif

namespace clambake {
namespace {

namespace fs = std::filesystem;

// The folder of the newest server that is installed, or "".
std::string BinaryFolder() {
  std::vector<std::string> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    if (fs::exists(entry.path() / "bin" / "initdb", error)) found.push_back((entry.path() / "bin").string());
  }
  return found.empty() ? "" : *std::max_element(found.begin(), found.end());
}

// PostgreSQL refuses to run as root.
const passwd* ServerUser() { return geteuid() == 0 ? getpwnam("postgres") : getpwuid(geteuid()); }

pid_t Spawn(const std::vector<std::string>& arguments, const passwd& user) {
  const pid_t child = fork();
  if (child != 0) return child;
  if (geteuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setgid(user.pw_gid) != 0 || setuid(user.pw_uid) != 0)) {
    _exit(127);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int nowhere = open("/dev/null", O_RDWR);
  for (int descriptor : {0, 1, 2}) dup2(nowhere, descriptor);
  for (int descriptor = 3; descriptor < 256; ++descriptor) close(descriptor);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (chdir("/") == 0) execv(argv[0], argv.data());
  _exit(127);
}

bool Succeeds(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

PostgresServer* PostgresServer::Instance() {
#if CLAMBAKE_HAS_POSTGRES
  static std::unique_ptr<PostgresServer> server = [] {
    std::unique_ptr<PostgresServer> starting(new PostgresServer());
    return starting->Start() ? std::move(starting) : nullptr;
  }();
  return server.get();
#else
  return nullptr;
#endif
}

#if CLAMBAKE_HAS_POSTGRES

bool PostgresServer::Start() {
  const std::string binaries = BinaryFolder();
  const passwd* user = ServerUser();
  if (binaries.empty() || user == nullptr) return false;
  std::string pattern = (fs::temp_directory_path() / "clambake-pg-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return false;
  folder_ = pattern;
  if (chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) return false;
  const std::string data = folder_ + "/data";
  if (!Succeeds(Spawn({binaries + "/initdb", "-D", data, "-U", "clambake", "-A", "trust", "-E", "UTF8",
                       "--locale=C", "--no-sync", "--no-instructions"},
                      *user))) {
    return false;
  }
  postmaster_ = Spawn({binaries + "/postgres", "-D", data, "-k", folder_, "-c", "listen_addresses=", "-c",
                       "max_connections=200", "-c", "fsync=off", "-c", "shared_buffers=32MB"},
                      *user);
  for (int i = 0; i < 200; ++i) {
    if (PQping(Url("postgres").c_str()) == PQPING_OK) return true;
    usleep(50'000);
  }
  return false;
}

std::string PostgresServer::Url(const std::string& database) const {
  return fmt::format("postgresql://clambake@/{}?host={}", database, folder_);
}

std::string PostgresServer::NewDatabase() {
  const std::string name = fmt::format("test{}_{}", getpid(), ++databases_);
  Execute(Url("postgres"), "CREATE DATABASE " + name);
  return Url(name);
}

void PostgresServer::Execute(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  const std::string error = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(error);
}

#else

std::string PostgresServer::NewDatabase() { return ""; }
void PostgresServer::Execute(const std::string& /*url*/, const std::string& /*sql*/) {}

#endif

PostgresServer::~PostgresServer() {
  if (postmaster_ > 0) {
    kill(postmaster_, SIGQUIT);
    waitpid(postmaster_, nullptr, 0);
  }
  std::error_code error;
  if (!folder_.empty()) fs::remove_all(folder_, error);
}

}  // namespace clambake
