package org.novagpubinder.check.libvirt;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.Quantity;

/** The records that domains carry: whose they are. */
public record RecordsCheck(ConfigReport report, BinderConfig config, LibvirtProbe look, DomainXml xml)
        implements Check {
    private static final class Count {
        private int domains;
        private int own;
        private int foreign;
        private int unreadable;
        private final TreeSet<String> hosts = new TreeSet<>();
    }

    @Override
    public List<CheckResult> run() {
        Optional<LibvirtOnce> libvirt = look.usable();
        if (libvirt.isEmpty()) {
            return List.of();
        }
        Count count = new Count();
        try {
            Libvirt calls = libvirt.get().calls();
            for (DomainSummary domain : calls.list()) {
                count(calls, domain, count);
            }
        } catch (LibvirtFailure e) {
            return CheckResult.warning(e.text(), "try again");
        }
        if (count.unreadable > 0) {
            return CheckResult.warning(
                    count.unreadable + " of " + count.domains
                            + " domains have a record that this version cannot read: they are left" + " as they are",
                    "see which: nova-gpu-binder status; a newer version wrote them: install that");
        }
        if (report.incomplete()) {
            return CheckResult.unknown("whose the records of " + count.domains
                    + " domains are is not known: a file that may say what Nova calls this host could not be read");
        }
        if (count.own == 0 && count.foreign > 1 && count.hosts.size() == 1) {
            return CheckResult.warning(
                    "all " + count.foreign + " records are of host '" + count.hosts.first() + "', none of '"
                            + config.host() + "'",
                    "if this host was not renamed, and the guests did not all come from there, compare with what nova-compute calls"
                            + " it (openstack compute service list --service nova-compute): the daemon has to read that one's"
                            + " files. In nova.conf of a host with guests host is never changed, for Nova would lose them");
        }
        String foreign = count.foreign == 0
                ? ""
                : ", " + count.foreign + " of " + String.join(", ", count.hosts) + " (come from there, planned anew)";
        return CheckResult.ok(
                Quantity.counted(count.domains, "domain") + ", " + count.own + " with a record of this host" + foreign);
    }

    private void count(Libvirt calls, DomainSummary domain, Count count) throws LibvirtFailure {
        @Nullable String record;
        try {
            record = xml.read(calls.liveXml(domain.uuid())).record();
        } catch (InvalidDomainXml e) {
            record = null;
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
            return;
        }
        count.domains++;
        if (record != null) {
            RecordXml.Reading reading = RecordXml.read(record);
            Optional<BindingRecord> found =
                    reading.found().filter(r -> reading.unknown().isEmpty());
            if (found.isEmpty()) {
                count.unreadable++;
            } else if (found.get().host().equals(config.host())) {
                count.own++;
            } else {
                count.foreign++;
                count.hosts.add(found.get().host());
            }
        }
    }
}
