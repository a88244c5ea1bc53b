package org.novagpubinder.bench;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** Runs the benchmarks and prints a line for each. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs them.
     *
     * @param args a regular expression of names; all without
     * @throws RunnerException if a benchmark fails
     */
    public static void main(String[] args) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(args.length > 0 ? args[0] : Benchmarks.class.getPackageName())
                .mode(org.openjdk.jmh.annotations.Mode.SampleTime)
                .timeUnit(TimeUnit.MICROSECONDS)
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(4)
                .measurementTime(TimeValue.milliseconds(500))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        System.out.printf("%-64s %12s %12s %10s%n", "", "median", "99 %", "samples");
        results.forEach(Benchmarks::print);
    }

    private static void print(RunResult run) {
        Result<?> result = run.getPrimaryResult();
        Statistics statistics = result.getStatistics();
        StringBuilder name = new StringBuilder(run.getParams()
                .getBenchmark()
                .substring(Benchmarks.class.getPackageName().length() + 1));
        run.getParams().getParamsKeys().forEach(key -> name.append(' ')
                .append(run.getParams().getParam(key)));
        System.out.printf(
                "%-64s %9.1f us %9.1f us %10d%n",
                name, statistics.getPercentile(50), statistics.getPercentile(99), statistics.getN());
    }
}
