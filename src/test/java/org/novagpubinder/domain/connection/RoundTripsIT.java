package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.record.BindingRecord;

/** How often each call goes to libvirtd and back: what a binding waits for is mostly that. On libvirt's own test driver. */
class RoundTripsIT {
    /** These ask this process alone. */
    private static final Set<String> LOCAL = Set.of(
            "virDomainGetID", "virDomainGetName", "virDomainGetUUIDString", "virDomainFree", "virGetLastErrorCode");

    private final List<String> made = new CopyOnWriteArrayList<>();
    private LibvirtSession session;
    private Libvirt libvirt;
    private UUID guest;

    @BeforeEach
    void connect() throws Exception {
        LibvirtLibrary library = LibvirtLibrary.load();
        LibvirtLibrary counted = new LibvirtLibrary(
                counted(org.libvirt.jna.Libvirt.class, library.vir()), counted(VirExtra.class, library.extra()));
        session = LibvirtSession.open(counted, "test:///default");
        libvirt = new LibvirtCalls(() -> session, new DomainXml());
        guest = libvirt.list().get(0).uuid();
    }

    @AfterEach
    void close() {
        session.close();
    }

    private <T> T counted(Class<T> functions, T real) {
        return functions.cast(Proxy.newProxyInstance(
                RoundTripsIT.class.getClassLoader(), new Class<?>[] {functions}, (self, method, arguments) -> {
                    if (!LOCAL.contains(method.getName())) {
                        made.add(method.getName());
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private interface Call {
        void make() throws Exception;
    }

    private List<String> of(Call call) throws Exception {
        made.clear();
        call.make();
        return List.copyOf(made);
    }

    @Test
    void aLookAtADomainTakesFourRoundTrips() throws Exception {
        assertThat(of(() -> libvirt.seek(guest))).containsExactly("virDomainLookupByUUIDString");
        assertThat(libvirt.seek(guest)).contains(new DomainName(guest, "test", true));
        assertThat(libvirt.seek(UUID.randomUUID())).isEmpty();
        assertThat(of(() -> libvirt.liveXml(guest))).containsExactly("virDomainGetXMLDesc");
        assertThat(of(() -> libvirt.definition(guest))).containsExactly("virDomainIsPersistent", "virDomainGetXMLDesc");
        assertThat(libvirt.definition(guest)).contains(libvirt.inactiveXml(guest));
    }

    @Test
    void theRunningDomainsTakeOneRoundTrip() throws Exception {
        assertThat(of(() -> libvirt.running())).containsExactly("virConnectListAllDomains");
        assertThat(libvirt.running()).containsExactly(new DomainName(guest, "test", true));
        libvirt.destroy(guest);
        assertThat(libvirt.running()).isEmpty();
        assertThat(libvirt.seek(guest)).contains(new DomainName(guest, "test", false));
    }

    @Test
    void theRecordOfARunningDomainWhoseDefinitionHasItTakesOne() throws Exception {
        String record = "<binding xmlns='" + BindingRecord.NAMESPACE + "'/>";
        libvirt.seek(guest);

        assertThat(of(() -> libvirt.setLiveRecord(guest, record))).containsExactly("virDomainSetMetadata");

        assertThat(libvirt.liveXml(guest)).contains(BindingRecord.NAMESPACE);
        assertThat(libvirt.inactiveXml(guest)).doesNotContain(BindingRecord.NAMESPACE);
    }

    @Test
    void whoeverIsAboutToDefineAsksOnceWhetherTheDomainIsPersistent() throws Exception {
        assertThat(of(() -> libvirt.stand(guest)))
                .containsExactly("virDomainLookupByUUIDString", "virDomainIsPersistent", "virDomainGetXMLDesc");
        assertThat(of(() -> libvirt.draftXml(guest))).containsExactly("virDomainGetXMLDesc");
        assertThat(libvirt.stand(guest)).hasValueSatisfying(stand -> {
            assertThat(stand.active()).isTrue();
            assertThat(stand.definition()).contains(guest.toString());
        });
        assertThat(libvirt.stand(UUID.randomUUID())).isEmpty();
    }
}
