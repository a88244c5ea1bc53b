package org.novagpubinder.domain.definition;

import static org.novagpubinder.domain.xml.XmlValues.idsInText;
import static org.novagpubinder.domain.xml.XmlValues.idsOrEmpty;
import static org.novagpubinder.domain.xml.XmlValues.invalid;
import static org.novagpubinder.domain.xml.XmlValues.kib;
import static org.novagpubinder.domain.xml.XmlValues.number;
import static org.novagpubinder.domain.xml.XmlValues.required;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.GuestCell;

/** Reads how much memory a domain can have, in which of its cells, and in pages of which size. */
record MemoryReader(XmlElement domain, int vcpus) {
    /** Devices whose memory is a file, a DAX device or SGX' own: the host's nodes do not count it as free or used. */
    private static final Set<String> ELSEWHERE = Set.of("nvdimm", "virtio-pmem", "sgx-epc");

    private static final int ORDINARY_PAGE_KIB = 4;

    /**
     * The memory of a domain. A page size of -1 is the host's default.
     *
     * @param kib the most that it can have of the host's memory, KiB, less what is fixed
     * @param hugePageKiB size of the huge pages of what is in none of the cells, KiB; 0 for ordinary pages
     * @param cells the guest's NUMA cells that have vCPUs or memory
     * @param fixed memory devices with host nodes of their own, which no {@code <numatune>} changes
     *     (qemu_command.c:qemuBuildMemoryBackendProps)
     */
    record Memory(long kib, long hugePageKiB, List<GuestCell> cells, List<Claim> fixed) {}

    /**
     * @param cell it is plugged into; null if it names none
     * @param size the most that it can have, KiB
     * @param kib what the guest has or is about to get of that, KiB
     * @param pageKiB its own page size; null if its cell's holds
     * @param nodes of the host, which it names itself; empty if it does not
     * @param elsewhere whether it is no memory that the guest's placement concerns
     */
    private record Device(
            @Nullable Integer cell,
            long size,
            long kib,
            @Nullable Long pageKiB,
            IdSet nodes,
            boolean elsewhere) {
        /** A device of another page size stays outside of its cell, which has one page size only. */
        boolean in(GuestCell c) {
            return !elsewhere && cell != null && cell == c.id() && (pageKiB == null || pageKiB == c.hugePageKiB());
        }
    }

    Memory read() throws InvalidDomainXml {
        List<Device> devices = devices();
        List<GuestCell> cells = cells();
        List<GuestCell> filled = new ArrayList<>();
        List<Device> outside = new ArrayList<>(devices);
        for (GuestCell c : cells) {
            long plugged =
                    devices.stream().filter(d -> d.in(c)).mapToLong(Device::kib).sum();
            outside.removeIf(d -> d.elsewhere || d.in(c));
            // what has neither needs no node: cells for the memory of a Grace Hopper's GPU, which its driver fills
            if (!c.vcpus().isEmpty() || c.memoryKiB() + plugged > 0) {
                filled.add(new GuestCell(c.id(), c.vcpus(), c.memoryKiB() + plugged, c.hugePageKiB()));
            }
        }
        // only such devices are in no cell then
        long rest = cells.isEmpty()
                ? pageKiB(null)
                : outside.stream()
                        .flatMap(d -> Optional.ofNullable(d.pageKiB).stream())
                        .findFirst()
                        .orElse(pageKiB(null));
        return new Memory(total(cells, devices), rest, filled, fixed(devices));
    }

    private List<Claim> fixed(List<Device> devices) throws InvalidDomainXml {
        List<Claim> fixed = new ArrayList<>();
        for (Device d : devices) {
            if (!d.nodes.isEmpty() && d.kib > 0) {
                fixed.add(new Claim(d.nodes, d.kib, d.pageKiB == null ? pageKiB(d.cell) : d.pageKiB));
            }
        }
        return fixed;
    }

    /**
     * With cells libvirt makes {@code <memory>} their sum and that of the memory devices
     * (domain_conf.c:virDomainDefPostParseMemory). {@code <currentMemory>} is less only until the balloon is let out, and
     * {@code <maxMemory>} only makes room for devices that are not there yet.
     */
    private long total(List<GuestCell> cells, List<Device> devices) throws InvalidDomainXml {
        long kib = cells.stream().mapToLong(GuestCell::memoryKiB).sum();
        if (kib > 0) {
            return kib
                    + devices.stream()
                            .filter(d -> !d.elsewhere)
                            .mapToLong(Device::kib)
                            .sum();
        }
        Optional<XmlElement> e = domain.first("memory");
        long all = e.isPresent() ? text(e.get()) : 0;
        long elsewhere = devices.stream()
                .mapToLong(d -> d.elsewhere ? d.size : d.size - d.kib)
                .sum();
        if (all == 0) {
            throw invalid(domain, "has no <memory>");
        }
        if (all <= elsewhere) {
            throw invalid(e.orElse(domain), "is less than its memory devices");
        }
        return all - elsewhere;
    }

    private List<GuestCell> cells() throws InvalidDomainXml {
        List<GuestCell> cells = new ArrayList<>();
        for (XmlElement e : domain.all("cpu", "numa", "cell")) {
            String text = e.attribute("id");
            int id = text == null ? cells.size() : number(e, text);
            long kib = kib(e, required(e, "memory"), e.attribute("unit"));
            cells.add(new GuestCell(id, idsOrEmpty(e, "cpus"), kib, pageKiB(id)));
        }
        return withAllVcpus(cells);
    }

    /** libvirt puts vCPUs that no cell names into cell 0 (qemu_domain.c:qemuDomainDefNumaCPUsRectify). */
    private List<GuestCell> withAllVcpus(List<GuestCell> cells) {
        IdSet named = cells.stream().map(GuestCell::vcpus).reduce(IdSet.empty(), IdSet::union);
        IdSet missing = IdSet.range(0, vcpus - 1).minus(named);
        return cells.stream()
                .map(c -> c.id() == 0 ? new GuestCell(0, c.vcpus().union(missing), c.memoryKiB(), c.hugePageKiB()) : c)
                .toList();
    }

    /**
     * The page size of a cell, or without one of what is in no cell: {@code <page>} that names the cell, else the one that
     * names none (qemu_command.c:qemuBuildMemoryBackendProps). Without cells {@code nodeset='0'} names none
     * (domain_conf.c:virDomainDefPostParseMemtune).
     */
    private long pageKiB(@Nullable Integer cell) throws InvalidDomainXml {
        Optional<XmlElement> hugepages = domain.first("memoryBacking", "hugepages");
        if (hugepages.isEmpty()) {
            return 0;
        }
        List<XmlElement> pages = hugepages.get().all("page");
        if (pages.isEmpty()) {
            return -1;
        }
        boolean numa = domain.first("cpu", "numa", "cell").isPresent();
        XmlElement found = null;
        for (XmlElement page : pages) {
            IdSet nodeset = idsOrEmpty(page, "nodeset");
            if (cell != null && nodeset.contains(cell)) {
                return huge(size(page));
            }
            if (nodeset.isEmpty() || (!numa && nodeset.equals(IdSet.of(0)))) {
                found = page;
            }
        }
        return found == null ? 0 : huge(size(found));
    }

    private static long size(XmlElement page) throws InvalidDomainXml {
        return kib(page, required(page, "size"), page.attribute("unit"));
    }

    /** "Huge" pages of the ordinary size are none (qemu_command.c:qemuBuildMemoryBackendProps). */
    private static long huge(long pageKiB) {
        return pageKiB <= ORDINARY_PAGE_KIB ? 0 : pageKiB;
    }

    private List<Device> devices() throws InvalidDomainXml {
        List<Device> devices = new ArrayList<>();
        for (XmlElement e : domain.all("devices", "memory")) {
            XmlElement size = e.first("target", "size").orElseThrow(() -> invalid(e, "has no target size"));
            Optional<XmlElement> node = e.first("target", "node");
            Optional<XmlElement> page = e.first("source", "pagesize");
            boolean elsewhere = ELSEWHERE.contains(e.attributes().getOrDefault("model", ""));
            Optional<XmlElement> nodemask = e.first("source", "nodemask").filter(n -> !elsewhere);
            IdSet nodes = nodemask.isPresent() ? idsInText(nodemask.get()) : IdSet.empty();
            devices.add(new Device(
                    node.isPresent() ? number(node.get(), node.get().text()) : null,
                    text(size),
                    plugged(e, text(size)),
                    page.isPresent() ? huge(text(page.get())) : null,
                    nodes,
                    elsewhere || !nodes.isEmpty()));
        }
        return devices;
    }

    /**
     * Only the host plugs in what a virtio-mem device has ({@code virsh update-memory-device}): it is asked for in
     * {@code <requested>}, nothing if that is absent, and what a running guest has taken of that is {@code <current>}.
     */
    private static long plugged(XmlElement device, long size) throws InvalidDomainXml {
        if (!device.has("model", "virtio-mem")) {
            return size;
        }
        long most = 0;
        for (String name : List.of("requested", "current")) {
            Optional<XmlElement> amount = device.first("target", name);
            most = amount.isPresent() ? Math.max(most, text(amount.get())) : most;
        }
        return Math.min(most, size);
    }

    private static long text(XmlElement e) throws InvalidDomainXml {
        return kib(e, e.text(), e.attribute("unit"));
    }
}
