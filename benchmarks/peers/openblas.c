/* sgemm of OpenBLAS: for every line "m n k" of standard input, the CPU seconds of one
 * product. The first line of output says which library it is. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static float *matrix(size_t n) {
	float *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
	if (!x) exit(1);
	for (size_t i = 0; i < n; i++) x[i] = (float)rand() / RAND_MAX - .5f;
	return x;
}

int main(void) {
	size_t m, n, k, lm = 0, ln = 0, lk = 0;
	float *a = 0, *b = 0, *c = 0;
	printf("%s\n", openblas_get_config());
	fflush(stdout);
	while (scanf("%zu %zu %zu", &m, &n, &k) == 3) {
		if (m != lm || n != ln || k != lk) {
			free(a), free(b), free(c);
			a = matrix(m * k), b = matrix(k * n), c = matrix(m * n);
			lm = m, ln = n, lk = k;
		}
		struct timespec from, to;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
		printf("%.9f\n", to.tv_sec - from.tv_sec + 1e-9 * (to.tv_nsec - from.tv_nsec));
		fflush(stdout);
	}
	return 0;
}
