// The seam for HTTP. libcurl stands behind it in production, a simulated
// GitHub on a virtual clock in simulations, a transport of your own where a
// proxy, a recorder or another TLS library is wanted.
#ifndef CLAMBAKE_HTTP_TRANSPORT_H_
#define CLAMBAKE_HTTP_TRANSPORT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace clambake {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string url;      // absolute
  HttpHeaders headers;  // may hold a credential: never log
  std::string body;
  bool changes_nothing = false;  // so it may go over a connection that is open already: see NewCurlTransport
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  absl::Duration took;  // this request alone; zero where the transport does not say
};

// The first header of that name, in any case; "" if there is none.
std::string_view FindHeader(const HttpHeaders& headers, std::string_view name);

struct HttpLimits {
  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration timeout = absl::Seconds(30);
  std::size_t max_body_bytes = std::size_t{64} << 20U;
  int max_concurrent = 1;
};

// Thread-compatible. Redirects are not followed: a 3xx is an answer.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // Sends all requests, at most `max_concurrent` at a time, and returns when
  // each has its result, in order. Errors: Unavailable: certainly not sent;
  // DeadlineExceeded, Unknown: perhaps sent, no whole answer;
  // ResourceExhausted: the body is over the limit; FailedPrecondition: not sent,
  // because the server's certificate is not to be trusted.
  virtual std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                         const HttpLimits& limits) = 0;
};

// libcurl: keeps connections open between calls, HTTP/2 where the server has
// it: what changes nothing shares one. Everything else has a fresh one, because
// on a reused one that is then cut, libcurl silently sends the request again.
// `ca_file` holds the certificates to trust, PEM; "": the system's. Without
// libcurl every request is Unavailable, and says so.
std::unique_ptr<HttpTransport> NewCurlTransport(const std::string& ca_file = "");

}  // namespace clambake

#endif  // CLAMBAKE_HTTP_TRANSPORT_H_
