/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives the files of a folder to a fuzz target, for compilers without libFuzzer: replay FOLDER... */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t bytes[1024 * 1024];

static int replay_file(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return -1;
	size = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (size < 0)
		return -1;
	LLVMFuzzerTestOneInput(bytes, size);
	return 0;
}

/* Returns how many files there were, -1 where one could not be read. */
static int replay_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int nr_files = 0;

	if (!folder)
		return -1;
	while (nr_files >= 0 && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		nr_files = replay_file(dirfd(folder), entry->d_name) ? -1 : nr_files + 1;
	}
	closedir(folder);
	return nr_files;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int nr_files = replay_folder(argv[i]);

		if (nr_files <= 0) {
			fprintf(stderr, "replay: no files could be read in '%s'\n", argv[i]);
			return 1;
		}
		fprintf(stderr, "%s: %d records\n", argv[i], nr_files);
	}
	return argc < 2;
}
