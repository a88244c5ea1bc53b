package org.novagpubinder.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.OptionType;
import org.novagpubinder.config.oslo.PythonText;
import org.novagpubinder.host.topology.IdSet;

/**
 * Nova's CPU sets ({@code nova/virt/hardware.py:parse_cpu_spec}): as {@link IdSet#parse}, but exclusions hold wherever they
 * stand, and empty parts are skipped.
 */
public final class CpuSpec {
    /** A list of CPUs as an option's value. */
    public static final OptionType<IdSet> TYPE = new OptionType<>("CPUs such as 4-12,^8,15", CpuSpec::parse);

    private static final Pattern PART = Pattern.compile("(\\^)?\\s*([0-9]{1,9})\\s*(?:-\\s*([0-9]{1,9})\\s*)?");

    private CpuSpec() {}

    private static IdSet parse(String text) throws BadValue {
        IdSet in = IdSet.empty();
        IdSet out = IdSet.empty();
        for (String part : text.split(",", -1)) {
            String rule = PythonText.strip(part);
            if (rule.isEmpty()) {
                continue;
            }
            Matcher m = PART.matcher(rule);
            if (!m.matches()) {
                throw new BadValue("has a part that is neither a CPU, a range nor an exclusion");
            }
            int first = Integer.parseInt(m.group(2));
            int last = m.group(3) == null ? first : Integer.parseInt(m.group(3));
            if (last < first) {
                throw new BadValue("has a range that runs backwards");
            }
            if (last > IdSet.MAX_ID) {
                throw new BadValue("has a CPU above " + IdSet.MAX_ID);
            }
            IdSet range = IdSet.range(first, last);
            if (m.group(1) == null) {
                in = in.union(range);
            } else {
                out = out.union(range);
            }
        }
        IdSet cpus = in.minus(out);
        if (cpus.isEmpty()) {
            throw new BadValue("names no CPU");
        }
        return cpus;
    }
}
