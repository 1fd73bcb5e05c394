// A real PostgreSQL of the test's own: in a temporary folder, reached by a
// socket in it alone, gone with the process that started it.
#ifndef CLAMBAKE_TESTS_SUPPORT_POSTGRES_SERVER_H_
#define CLAMBAKE_TESTS_SUPPORT_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <memory>
#include <string>

namespace clambake {

class PostgresServer {
 public:
  // The process's one server, started on first use; null where PostgreSQL, or
  // a user that may run it, is missing, or this build has no libpq.
  static PostgresServer* Instance();

  // A new, empty database: its postgresql:// URL.
  std::string NewDatabase();

  // SQL on a database, past the store: what another program would do to it.
  static void Execute(const std::string& url, const std::string& sql);

  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

 private:
  PostgresServer() = default;
  bool Start();
  [[nodiscard]] std::string Url(const std::string& database) const;

  std::string folder_;
  pid_t postmaster_ = -1;
  int databases_ = 0;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SUPPORT_POSTGRES_SERVER_H_
