package org.novagpubinder.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.whatif.GuestTemplate;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of {@code plan --what-if}: which guest is asked about. */
final class WhatIfOptions {
    private static final Pattern GPU = Pattern.compile("(render|pci|mdev)(?::([1-9][0-9]?))?");
    private static final Pattern PAGE = Pattern.compile("([1-9][0-9]{0,8})(?:(KIB|KB|K)|(MIB|MB|M)|(GIB|GB|G))?");
    private static final int MOST_VCPUS = 4096;
    private static final int MOST_RAM_MIB = 1 << 28;

    @Option(
            names = "--what-if",
            description = "How many more guests would fit wholly beside their GPU, for each GPU alone and for all "
                    + "together: guests like DOMAIN, like the one in --domain-xml FILE, of --flavor NAME, or of --vcpus N "
                    + "and --ram MIB. With --root as if nobody were on that host.")
    boolean asked;

    @Option(
            names = "--flavor",
            paramLabel = "NAME",
            description = "Guests like the first domain of this host that has this flavor.")
    private @Nullable String flavor;

    @Option(names = "--vcpus", paramLabel = "N", description = "Guests with so many vCPUs, as in a flavor.")
    private @Nullable Integer vcpus;

    @Option(names = "--ram", paramLabel = "MIB", description = "Guests with so much memory, as in a flavor.")
    private @Nullable Integer ramMib;

    @Option(
            names = "--hugepages",
            paramLabel = "SIZE",
            description = "With --ram: in huge pages of this size: 2M, 1G, or KiB as in hw:mem_page_size.")
    private @Nullable String hugePages;

    @Option(
            names = "--gpu",
            paramLabel = "KIND[:N]",
            description =
                    "What each of them needs: render (a render node), pci (a whole GPU or virtual function that is "
                            + "free; pci:2 for two of a node), mdev (a vGPU). Default: as the domain has, else render.")
    private @Nullable String gpu;

    /** @throws ParameterException if one of the options is there though --what-if is not */
    void requireNothingElse(CommandLine command) {
        String there = flavor != null
                ? "--flavor"
                : vcpus != null
                        ? "--vcpus"
                        : ramMib != null ? "--ram" : hugePages != null ? "--hugepages" : gpu != null ? "--gpu" : null;
        if (there != null) {
            throw new ParameterException(command, there + " goes with --what-if");
        }
    }

    /** @throws ParameterException unless the options name one guest */
    WhatIfQuestion question(CommandLine command, @Nullable String domain, List<String> files) {
        boolean sized = vcpus != null || ramMib != null;
        int named = (domain != null ? 1 : 0) + (files.isEmpty() ? 0 : 1) + (flavor != null ? 1 : 0) + (sized ? 1 : 0);
        if (named != 1 || files.size() > 1) {
            throw new ParameterException(
                    command, "--what-if takes one of DOMAIN, --domain-xml FILE, --flavor NAME, or --vcpus N --ram MIB");
        }
        if (hugePages != null && !sized) {
            throw new ParameterException(command, "--hugepages goes with --vcpus and --ram");
        }
        GpuUse.Kind kind = kind(command);
        int gpus = gpus(command);
        GuestTemplate template = null;
        if (sized) {
            int cpus = within(command, "--vcpus", vcpus, MOST_VCPUS);
            long memoryKiB = 1024L * within(command, "--ram", ramMib, MOST_RAM_MIB);
            template = GuestTemplate.sized(
                    cpus, memoryKiB, pageKiB(command), kind == null ? GpuUse.Kind.RENDER_NODE : kind, gpus);
        }
        String file = files.isEmpty() ? null : files.get(0);
        return new WhatIfQuestion(domain, file, flavor, template, kind, gpus);
    }

    private static int within(CommandLine command, String option, @Nullable Integer value, int most) {
        if (value == null) {
            throw new ParameterException(command, "--vcpus N and --ram MIB go together: " + option + " is missing");
        }
        if (value < 1 || value > most) {
            throw new ParameterException(command, option + " " + value + " is not between 1 and " + most);
        }
        return value;
    }

    private GpuUse.@Nullable Kind kind(CommandLine command) {
        return gpu == null
                ? null
                : switch (matched(command).group(1)) {
                    case "pci" -> GpuUse.Kind.PCI;
                    case "mdev" -> GpuUse.Kind.MDEV;
                    default -> GpuUse.Kind.RENDER_NODE;
                };
    }

    private int gpus(CommandLine command) {
        String number = gpu == null ? null : matched(command).group(2);
        return number == null ? 1 : Integer.parseInt(number);
    }

    private Matcher matched(CommandLine command) {
        Matcher m = GPU.matcher(String.valueOf(gpu));
        if (!m.matches() || ("render".equals(m.group(1)) && m.group(2) != null)) {
            throw new ParameterException(
                    command, "--gpu '" + gpu + "' is none of render, pci, pci:2 and so on, mdev, mdev:2 and so on");
        }
        return m;
    }

    private long pageKiB(CommandLine command) {
        if (hugePages == null) {
            return 0;
        }
        Matcher m = PAGE.matcher(hugePages.toUpperCase(Locale.ROOT));
        long kib =
                m.matches() ? Long.parseLong(m.group(1)) << (m.group(4) != null ? 20 : m.group(3) != null ? 10 : 0) : 0;
        // sizes of pages are powers of two on every architecture
        if (Long.bitCount(kib) != 1) {
            throw new ParameterException(command, "--hugepages '" + hugePages + "' is no size of a page: 2M, 1G, 2048");
        }
        return kib;
    }
}
