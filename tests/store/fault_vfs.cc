#include "tests/store/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <random>
#include <vector>

namespace clambake {
namespace {

constexpr std::size_t kSector = 512;

// A change that has not been synced: bytes at an offset, or a new length.
struct Change {
  std::size_t offset = 0;
  std::string bytes;
  std::optional<std::size_t> length;
};

struct File {
  std::string now;
  std::string durable;
  std::vector<Change> unsynced;
};

// The disk, and the script of its misfortunes.
struct Disk {
  std::map<std::string, File> files;
  std::map<std::string, File> deleted;  // in a folder that was not synced since
  std::mt19937 dice{1};
  FaultVfs::Kind kind = FaultVfs::Kind::kNone;
  int countdown = 0;
  bool fired = false;
  bool dead = false;
  int anonymous = 0;

  // True if this call, which may meet that kind of error, shall fail.
  bool Fails(FaultVfs::Kind call) {
    if (call != kind || --countdown != 0) return false;
    fired = true;
    return true;
  }
  // The same for a call that changes the disk, which power loss strikes, too.
  bool Strikes(FaultVfs::Kind call) {
    if (kind != FaultVfs::Kind::kPowerLoss) return Fails(call);
    if (!dead && --countdown != 0) return false;
    return fired = dead = true;
  }
};

Disk* disk = nullptr;

struct OpenFile {
  sqlite3_file base;
  char name[512];
  int delete_on_close;
  File& file() const { return disk->files[name]; }
};

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

void Apply(std::string& content, const Change& change) {
  if (change.length) return content.resize(*change.length);
  if (content.size() < change.offset + change.bytes.size())
    content.resize(change.offset + change.bytes.size());
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

int Close(sqlite3_file* file) {
  if (Of(file).delete_on_close != 0) disk->files.erase(Of(file).name);
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  if (disk->Fails(FaultVfs::Kind::kReadError)) return SQLITE_IOERR_READ;
  const std::string& content = Of(file).file().now;
  const auto from = std::min(static_cast<std::size_t>(offset), content.size());
  const auto have = std::min(static_cast<std::size_t>(amount), content.size() - from);
  std::memcpy(out, content.data() + from, have);
  std::memset(static_cast<char*>(out) + have, 0, static_cast<std::size_t>(amount) - have);
  return have == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* in, int amount, sqlite3_int64 offset) {
  if (disk->Fails(FaultVfs::Kind::kDiskFull)) return SQLITE_FULL;
  if (disk->Strikes(FaultVfs::Kind::kWriteError)) return SQLITE_IOERR_WRITE;
  Change change{static_cast<std::size_t>(offset),
                std::string(static_cast<const char*>(in), static_cast<std::size_t>(amount)), std::nullopt};
  Apply(Of(file).file().now, change);
  Of(file).file().unsynced.push_back(std::move(change));
  return SQLITE_OK;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (disk->Strikes(FaultVfs::Kind::kTruncateError)) return SQLITE_IOERR_TRUNCATE;
  Change change{0, "", static_cast<std::size_t>(size)};
  Apply(Of(file).file().now, change);
  Of(file).file().unsynced.push_back(std::move(change));
  return SQLITE_OK;
}

// Some of the writes made it, in whole or in part; order means nothing.
void WriteSome(File& file, std::mt19937& dice) {
  for (Change change : file.unsynced) {
    if (dice() % 2 == 0) continue;
    if (!change.length && change.bytes.size() > kSector && dice() % 2 == 0) {
      change.bytes.resize(kSector * (1 + dice() % (change.bytes.size() / kSector)));
    }
    Apply(file.durable, change);
  }
  file.unsynced.clear();
}

int Sync(sqlite3_file* handle, int /*flags*/) {
  File& file = Of(handle).file();
  const bool alive = !disk->dead;
  if (disk->Strikes(FaultVfs::Kind::kSyncError)) {
    // As Linux does: the pages count as clean from now on, written or not.
    if (alive && !disk->dead) WriteSome(file, disk->dice);
    return SQLITE_IOERR_FSYNC;
  }
  for (const Change& change : file.unsynced) Apply(file.durable, change);
  file.unsynced.clear();
  return SQLITE_OK;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(Of(file).file().now.size());
  return SQLITE_OK;
}

// One connection alone: locks always succeed.
int Lock(sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; }
int CheckReserved(sqlite3_file* /*file*/, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int Control(sqlite3_file* /*file*/, int /*op*/, void* /*argument*/) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file* /*file*/) { return kSector; }
int Characteristics(sqlite3_file* /*file*/) { return 0; }

sqlite3_io_methods Methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = Close;
  methods.xRead = Read;
  methods.xWrite = Write;
  methods.xTruncate = Truncate;
  methods.xSync = Sync;
  methods.xFileSize = FileSize;
  methods.xLock = Lock;
  methods.xUnlock = Lock;
  methods.xCheckReservedLock = CheckReserved;
  methods.xFileControl = Control;
  methods.xSectorSize = SectorSize;
  methods.xDeviceCharacteristics = Characteristics;
  return methods;
}

int Open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  static const sqlite3_io_methods kMethods = Methods();
  OpenFile& open = Of(file);
  open.base.pMethods = nullptr;
  if (disk->Fails(FaultVfs::Kind::kOpenError)) return SQLITE_CANTOPEN;
  open.base.pMethods = &kMethods;
  const std::string path = name == nullptr ? "anonymous-" + std::to_string(++disk->anonymous) : name;
  std::strncpy(open.name, path.c_str(), sizeof(open.name) - 1);
  open.delete_on_close = flags & SQLITE_OPEN_DELETEONCLOSE;
  disk->files[path];
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* /*vfs*/, const char* name, int sync_folder) {
  if (disk->Strikes(FaultVfs::Kind::kDeleteError)) return SQLITE_IOERR_DELETE;
  auto file = disk->files.extract(name);
  if (!file) return SQLITE_IOERR_DELETE_NOENT;
  disk->deleted.insert_or_assign(name, std::move(file.mapped()));
  if (sync_folder != 0) disk->deleted.clear();
  return SQLITE_OK;
}

int Access(sqlite3_vfs* /*vfs*/, const char* name, int /*flags*/, int* result) {
  *result = disk->files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int FullPath(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) {
  std::strncpy(out, name, static_cast<std::size_t>(size));
  return SQLITE_OK;
}

sqlite3_vfs& Vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *sqlite3_vfs_find(nullptr);
    made.szOsFile = sizeof(OpenFile);
    made.zName = "fault";
    made.pNext = nullptr;
    made.xOpen = Open;
    made.xDelete = Delete;
    made.xAccess = Access;
    made.xFullPathname = FullPath;
    return made;
  }();
  return vfs;
}

}  // namespace

FaultVfs::FaultVfs() {
  disk = new Disk;
  sqlite3_vfs_register(&Vfs(), 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&Vfs());
  delete disk;
  disk = nullptr;
}

void FaultVfs::Arm(Kind kind, int n) {
  disk->kind = kind;
  disk->countdown = n;
  disk->fired = false;
}

bool FaultVfs::Fired() const { return disk->fired; }

void FaultVfs::RestorePower(unsigned seed) {
  std::mt19937 dice(seed);
  for (auto& [name, file] : disk->deleted) {
    if (dice() % 2 == 0) disk->files.emplace(name, std::move(file));
  }
  disk->deleted.clear();
  for (auto& [name, file] : disk->files) {
    WriteSome(file, dice);
    file.now = file.durable;
  }
  disk->dead = false;
  disk->kind = Kind::kNone;
}

}  // namespace clambake
