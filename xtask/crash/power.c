/*
 * A disk that forgets: what a program wrote and did not sync is gone after the power was cut.
 *
 * Preloaded into a program (LD_PRELOAD), it follows everything below the folder POWER_ROOT and keeps beside it, in
 * POWER_KEPT on the same file system, what is certain to survive:
 *
 *   contents/INODE   the content of a file as of its last fsync or fdatasync
 *   folders/INODE    the entries of a folder as of its last fsync: lines of "kind inode name"
 *   unlinked/INODE   a second name for what was deleted or replaced, so that no inode is used again for another file
 *
 * That is the strict reading of POSIX: syncing a file does not make its name durable, only syncing its folder does.
 * `cargo xtask crash --power` kills the program and puts together what was kept. The real fsync is not called: nothing
 * here lives longer than the test.
 *
 * POWER_LIE names what is lied about, `database`, `facts` or `folders`: those syncs report success and keep nothing. A test that
 * does not fail then does not test.
 *
 * What is kept is written under another name and renamed, so a kill in the middle leaves the former state; a lock
 * brings the syncs of all processes in an order. A file's own descriptor is read where that is allowed: opening and closing
 * a second one would drop the locks that SQLite holds.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

/* Stops at once: a shim that goes on after a failure would prove nothing. */
static void fail(const char *what) {
    fprintf(stderr, "power: %s: %s\n", what, strerror(errno));
    _exit(97);
}

static int below_root(const char *path) {
    const char *root = variable("POWER_ROOT");
    size_t length = strlen(root);
    return length > 0 && strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/* The path of a descriptor, or an empty one. */
static void path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

static int lock(void) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/lock", variable("POWER_KEPT"));
    int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0) fail("lock");
    return fd;
}

static void kept_name(char *path, const char *kind, unsigned long inode, const char *ending) {
    snprintf(path, PATH_MAX, "%s/%s/%lu%s", variable("POWER_KEPT"), kind, inode, ending);
}

static void write_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written <= 0) fail("keep");
        bytes += written;
        length -= (size_t)written;
    }
}

static void keep_content(int fd, int to) {
    static const size_t size = 1 << 18;
    int readable = (fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY, from = fd;
    if (!readable) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        from = open(link, O_RDONLY | O_CLOEXEC);
        if (from < 0) fail("open what is to be kept");
    }
    char *buffer = malloc(size);
    if (!buffer) fail("memory");
    off_t place = 0;
    for (;;) {
        ssize_t got = pread(from, buffer, size, place);
        if (got < 0) fail("read what is to be kept");
        if (got == 0) break;
        write_all(to, buffer, (size_t)got);
        place += got;
    }
    free(buffer);
    if (!readable) close(from);
}

static void keep_entries(const char *path, int to) {
    DIR *folder = opendir(path);
    if (!folder) fail("list what is to be kept");
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char line[PATH_MAX];
        char kind = entry->d_type == DT_DIR ? 'd' : 'f';
        int length = snprintf(line, sizeof line, "%c %lu %s\n", kind, (unsigned long)entry->d_ino, entry->d_name);
        write_all(to, line, (size_t)length);
    }
    closedir(folder);
}

static int lied_about(const char *path, int folder) {
    const char *lie = variable("POWER_LIE");
    const char *name = strrchr(path, '/');
    int database = name && strncmp(name, "/state.sqlite", 13) == 0;
    if (strcmp(lie, "folders") == 0) return folder;
    if (strcmp(lie, "database") == 0) return !folder && database;
    return strcmp(lie, "facts") == 0 && !folder && !database;
}

static int sync_kept(int fd) {
    char path[PATH_MAX], name[PATH_MAX], waiting[PATH_MAX];
    path_of(fd, path);
    if (!below_root(path)) return 0;
    struct stat status;
    if (fstat(fd, &status) != 0) return -1;
    int folder = S_ISDIR(status.st_mode);
    if (lied_about(path, folder)) return 0;
    kept_name(name, folder ? "folders" : "contents", status.st_ino, "");
    kept_name(waiting, folder ? "folders" : "contents", status.st_ino, ".waiting");
    int held = lock();
    int to = open(waiting, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (to < 0) fail("keep");
    if (folder) keep_entries(path, to);
    else keep_content(fd, to);
    close(to);
    if (rename(waiting, name) != 0) fail("keep");
    close(held);
    return 0;
}

int fsync(int fd) { return sync_kept(fd); }
int fdatasync(int fd) { return sync_kept(fd); }

/* A second name keeps the inode of what loses its last. */
static void hold_inode(const char *path) {
    char full[PATH_MAX], name[PATH_MAX];
    struct stat status;
    if (!realpath(path, full) || !below_root(full) || stat(full, &status) != 0 || !S_ISREG(status.st_mode)) return;
    kept_name(name, "unlinked", status.st_ino, "");
    if (link(full, name) != 0 && errno != EEXIST && errno != ENOENT) fail("hold what was deleted");
}

int unlink(const char *path) {
    hold_inode(path);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rename(const char *from, const char *to) {
    hold_inode(to);
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
