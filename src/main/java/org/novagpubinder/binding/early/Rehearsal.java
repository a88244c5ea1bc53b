package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.inventory.EarlyInputs;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.topology.HostTopology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the reading, planning and editing of an early define for a guest that does not exist, so often that the JVM compiles it.
 * Nothing is asked of libvirt, nothing is reserved, nothing is written.
 */
public record Rehearsal(
        DomainXml xml, EarlyPlanner planner, EarlyRisks risks, EarlyWriter writer, HostDevices devices) {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    /** A method is compiled after some 200 calls, later while others wait for that. */
    private static final int ROUNDS = 400;

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private static final UUID NOBODY = new UUID(0, 1);
    private static final Flavor WISH = Flavor.ofCommand(Map.of("gpu_binder:render_node", "auto"));

    @Inject
    public Rehearsal {}

    /**
     * Takes less than a second of one CPU.
     *
     * @return how often a definition was made
     */
    public int run(HostTopology topology) throws InvalidDomainXml {
        long began = System.nanoTime();
        EarlyInputs.Inputs alone =
                new EarlyInputs.Inputs(topology, HostAllocations.View.NOBODY, devices.guestLimits(), Instant.EPOCH);
        int made = 0;
        for (int i = 0; i < ROUNDS && System.nanoTime() - began < LONGEST.toNanos(); i++) {
            DomainXml.Parsed text = xml.parsed(SAMPLE);
            DomainDefinition d = text.read();
            Optional<Planned> planned = planner.plan(NOBODY, d, WISH, alone, false);
            if (planned.isPresent()) {
                var unused = risks.of("create", planned.get(), d, alone.limits());
                String record =
                        xml.read(writer.wanted(planned.get(), text, d).xml()).record();
                made += RecordXml.found(record).isPresent() ? 1 : 0;
            }
        }
        LOG.debug("rehearsed {} early defines in {} ms", made, (System.nanoTime() - began) / 1_000_000);
        return made;
    }

    /** The definition of a guest as Nova makes it, with a virtio GPU and one vCPU. */
    public static String guest() {
        return SAMPLE;
    }

    /** As Nova defines a guest with a virtio GPU. */
    private static final String SAMPLE = """
            <domain type='kvm'>
              <name>instance-00000000</name>
              <uuid>00000000-0000-0000-0000-000000000001</uuid>
              <metadata>
                <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
                  <nova:package version="26.2.2"/>
                  <nova:name>rehearsal</nova:name>
                  <nova:creationTime>2026-01-01 00:00:00</nova:creationTime>
                  <nova:flavor name="gpu">
                    <nova:memory>256</nova:memory>
                    <nova:disk>10</nova:disk>
                    <nova:swap>0</nova:swap>
                    <nova:ephemeral>0</nova:ephemeral>
                    <nova:vcpus>1</nova:vcpus>
                  </nova:flavor>
                  <nova:owner>
                    <nova:user uuid="00000000000000000000000000000001">user</nova:user>
                    <nova:project uuid="00000000000000000000000000000001">project</nova:project>
                  </nova:owner>
                  <nova:root type="image" uuid="00000000-0000-0000-0000-000000000001"/>
                </nova:instance>
              </metadata>
              <memory unit='KiB'>262144</memory>
              <currentMemory unit='KiB'>262144</currentMemory>
              <vcpu placement='static'>1</vcpu>
              <cputune><shares>1024</shares></cputune>
              <sysinfo type='smbios'>
                <system>
                  <entry name='manufacturer'>OpenStack Foundation</entry>
                  <entry name='product'>OpenStack Nova</entry>
                </system>
              </sysinfo>
              <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type><boot dev='hd'/><smbios mode='sysinfo'/></os>
              <features><acpi/><apic/></features>
              <cpu mode='host-model' check='partial'><topology sockets='1' dies='1' cores='1' threads='1'/></cpu>
              <clock offset='utc'>
                <timer name='pit' tickpolicy='delay'/>
                <timer name='rtc' tickpolicy='catchup'/>
                <timer name='hpet' present='no'/>
              </clock>
              <on_poweroff>destroy</on_poweroff>
              <on_reboot>restart</on_reboot>
              <on_crash>destroy</on_crash>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2' cache='none'/>
                  <source file='/var/lib/nova/instances/00000000-0000-0000-0000-000000000001/disk'/>
                  <target dev='vda' bus='virtio'/>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>
                </disk>
                <controller type='usb' index='0' model='piix3-uhci'>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x2'/>
                </controller>
                <interface type='bridge'>
                  <mac address='fa:16:3e:00:00:01'/>
                  <source bridge='brq00000000-00'/>
                  <target dev='tap00000000-00'/>
                  <model type='virtio'/>
                  <driver name='vhost' rx_queue_size='512'/>
                  <mtu size='1450'/>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>
                </interface>
                <serial type='pty'>
                  <log file='/var/lib/nova/instances/00000000-0000-0000-0000-000000000001/console.log' append='off'/>
                  <target type='isa-serial' port='0'><model name='isa-serial'/></target>
                </serial>
                <input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>
                <input type='mouse' bus='ps2'/>
                <input type='keyboard' bus='ps2'/>
                <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>
                  <listen type='address' address='127.0.0.1'/>
                </graphics>
                <audio id='1' type='none'/>
                <video>
                  <model type='virtio' heads='1' primary='yes'/>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>
                </video>
                <memballoon model='virtio'>
                  <stats period='10'/>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>
                </memballoon>
                <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
              </devices>
            </domain>
            """;
}
