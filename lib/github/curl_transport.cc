#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "absl/base/call_once.h"
#include "absl/strings/ascii.h"
#include "base/late_library.h"
#include "base/safe_text.h"
#include "clambake/http_transport.h"
#include "fmt/format.h"

namespace clambake {
namespace {

// libcurl, bound at its first use: see base/late_library.h.
struct CurlLibrary {
  CurlLibrary() {
    library.Bind("curl_easy_cleanup", easy_cleanup);
    library.Bind("curl_easy_getinfo", easy_getinfo);
    library.Bind("curl_easy_init", easy_init);
    library.Bind("curl_easy_setopt", easy_setopt);
    library.Bind("curl_easy_strerror", easy_strerror);
    library.Bind("curl_global_init", global_init);
    library.Bind("curl_multi_add_handle", multi_add_handle);
    library.Bind("curl_multi_cleanup", multi_cleanup);
    library.Bind("curl_multi_info_read", multi_info_read);
    library.Bind("curl_multi_init", multi_init);
    library.Bind("curl_multi_perform", multi_perform);
    library.Bind("curl_multi_poll", multi_poll);
    library.Bind("curl_multi_remove_handle", multi_remove_handle);
    library.Bind("curl_multi_setopt", multi_setopt);
    library.Bind("curl_slist_append", slist_append);
    library.Bind("curl_slist_free_all", slist_free_all);
  }

  LateLibrary library{"libcurl.so.4"};
  decltype(::curl_easy_cleanup)* easy_cleanup = nullptr;
  decltype(::curl_easy_getinfo)* easy_getinfo = nullptr;
  decltype(::curl_easy_init)* easy_init = nullptr;
  decltype(::curl_easy_setopt)* easy_setopt = nullptr;
  decltype(::curl_easy_strerror)* easy_strerror = nullptr;
  decltype(::curl_global_init)* global_init = nullptr;
  decltype(::curl_multi_add_handle)* multi_add_handle = nullptr;
  decltype(::curl_multi_cleanup)* multi_cleanup = nullptr;
  decltype(::curl_multi_info_read)* multi_info_read = nullptr;
  decltype(::curl_multi_init)* multi_init = nullptr;
  decltype(::curl_multi_perform)* multi_perform = nullptr;
  decltype(::curl_multi_poll)* multi_poll = nullptr;
  decltype(::curl_multi_remove_handle)* multi_remove_handle = nullptr;
  decltype(::curl_multi_setopt)* multi_setopt = nullptr;
  decltype(::curl_slist_append)* slist_append = nullptr;
  decltype(::curl_slist_free_all)* slist_free_all = nullptr;
};

const CurlLibrary& Curl() {
  static const CurlLibrary curl;
  return curl;
}

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10U;

struct MultiDeleter {
  void operator()(CURLM* multi) const { Curl().multi_cleanup(multi); }
};
struct EasyDeleter {
  void operator()(CURL* easy) const { Curl().easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { Curl().slist_free_all(list); }
};

// One request on its way. Stays where it is: libcurl keeps pointers to it.
struct Transfer {
  std::unique_ptr<CURL, EasyDeleter> easy;
  std::unique_ptr<curl_slist, ListDeleter> headers;
  HttpResponse response;
  std::size_t header_bytes = 0;
  std::size_t max_body_bytes = 0;
  bool too_large = false;
  std::array<char, CURL_ERROR_SIZE> error{};  // libcurl's own words
};

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (transfer->response.body.size() + bytes > transfer->max_body_bytes) {
    transfer->too_large = true;
    return 0;
  }
  transfer->response.body.append(data, bytes);
  return bytes;
}

std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  const std::string_view line(data, bytes);
  transfer->header_bytes += bytes;
  if (transfer->header_bytes > kMaxHeaderBytes) return 0;
  if (line.starts_with("HTTP/")) transfer->response.headers.clear();  // after a 100 Continue
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    const auto trimmed = absl::StripAsciiWhitespace(absl::string_view(data + colon + 1, bytes - colon - 1));
    transfer->response.headers.emplace_back(line.substr(0, colon),
                                            std::string(trimmed.data(), trimmed.size()));
  }
  return bytes;
}

// Which failures prove that the server saw nothing of the request.
bool CertainlyNotSent(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return true;
    default:
      return false;
  }
}

absl::Status TransportError(CURLcode code, const Transfer& transfer) {
  if (transfer.too_large) {
    return absl::ResourceExhaustedError(
        fmt::format("the answer is larger than {} bytes", transfer.max_body_bytes));
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
    return absl::FailedPreconditionError(
        fmt::format("refused, nothing was sent: the server's certificate is not to be trusted: {}",
                    SafeText(transfer.error.data())));
  }
  const std::string what = fmt::format("connection failed: {}", Curl().easy_strerror(code));
  if (CertainlyNotSent(code)) return absl::UnavailableError(what);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    curl_off_t connected_us = 0;
    Curl().easy_getinfo(transfer.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &connected_us);
    return connected_us == 0 ? absl::UnavailableError(what) : absl::DeadlineExceededError(what);
  }
  return absl::UnknownError(what);
}

void SetBody(CURL* easy, const HttpRequest& request) {
  if (!request.changes_nothing) Curl().easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  if (request.method == "GET") return;
  Curl().easy_setopt(easy, CURLOPT_POST, 1L);
  Curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  Curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  Curl().easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
}

void SetHeaders(Transfer& transfer, const HttpRequest& request) {
  curl_slist* list = Curl().slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : request.headers) {
    list = Curl().slist_append(list, fmt::format("{}: {}", name, value).c_str());
  }
  transfer.headers.reset(list);
  Curl().easy_setopt(transfer.easy.get(), CURLOPT_HTTPHEADER, list);
}

void Prepare(Transfer& transfer, const HttpRequest& request, const HttpLimits& limits,
             const std::string& ca_file) {
  transfer.easy.reset(Curl().easy_init());
  transfer.max_body_bytes = limits.max_body_bytes;
  CURL* easy = transfer.easy.get();
  Curl().easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  Curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  Curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  Curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  Curl().easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Curl().easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  Curl().easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  Curl().easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  Curl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(limits.connect_timeout)));
  Curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(limits.timeout)));
  Curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  Curl().easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  Curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  Curl().easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  Curl().easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  Curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
  if (!ca_file.empty()) Curl().easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
  SetBody(easy, request);
  SetHeaders(transfer, request);
}

class CurlTransport : public HttpTransport {
 public:
  explicit CurlTransport(std::string ca_file) : ca_file_(std::move(ca_file)) {
    if (!Curl().library.status().ok()) return;  // Send says so
    static absl::once_flag once;                // libcurl's own global state; safe to leave until exit
    absl::call_once(once, [] { Curl().global_init(CURL_GLOBAL_DEFAULT); });
    multi_.reset(Curl().multi_init());
    Curl().multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  }

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    if (multi_ == nullptr) return {requests.size(), absl::StatusOr<HttpResponse>(Curl().library.status())};
    std::vector<Transfer> transfers(requests.size());
    std::vector<absl::StatusOr<HttpResponse>> results(requests.size(), absl::UnknownError("no answer"));
    std::size_t started = 0;
    std::size_t finished = 0;
    const auto max_concurrent = static_cast<std::size_t>(std::max(1, limits.max_concurrent));
    while (finished < requests.size()) {
      for (; started < requests.size() && started - finished < max_concurrent; ++started) {
        Prepare(transfers[started], requests[started], limits, ca_file_);
        Curl().multi_add_handle(multi_.get(), transfers[started].easy.get());
      }
      int running = 0;
      Curl().multi_perform(multi_.get(), &running);
      finished += Collect(transfers, results);
      if (finished < started) Curl().multi_poll(multi_.get(), nullptr, 0, 1'000, nullptr);
    }
    return results;
  }

 private:
  // Moves what has ended into `results`; returns how many.
  std::size_t Collect(std::vector<Transfer>& transfers, std::vector<absl::StatusOr<HttpResponse>>& results) {
    std::size_t count = 0;
    int queued = 0;
    while (CURLMsg* message = Curl().multi_info_read(multi_.get(), &queued)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      Curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      const auto index = static_cast<std::size_t>(transfer - transfers.data());
      long status = 0;
      Curl().easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      curl_off_t took_us = 0;
      Curl().easy_getinfo(message->easy_handle, CURLINFO_TOTAL_TIME_T, &took_us);
      Curl().multi_remove_handle(multi_.get(), message->easy_handle);
      transfer->response.took = absl::Microseconds(took_us);
      transfer->response.status = static_cast<int>(status);
      if (code == CURLE_OK) {
        results[index] = std::move(transfer->response);
      } else {
        results[index] = TransportError(code, *transfer);
      }
      transfer->easy.reset();
      ++count;
    }
    return count;
  }

  std::string ca_file_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
};

}  // namespace

std::unique_ptr<HttpTransport> NewCurlTransport(const std::string& ca_file) {
  return std::make_unique<CurlTransport>(ca_file);
}

}  // namespace clambake
