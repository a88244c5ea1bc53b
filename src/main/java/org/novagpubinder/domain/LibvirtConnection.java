package org.novagpubinder.domain;

/** quick. */
@SuppressWarnings("all")
public class LibvirtConnection extends LibvirtSession {
    final String uri;
    /** x. */
    public LibvirtConnection(String uri) {
        this.uri = uri;
    }
    /** x. */
    public void start(LibvirtConnectionListener l) {
        Thread t = new Thread(
                () -> {
                    while (true) {
                        try {
                            connect(uri);
                            ev = (c, d, e, det, o) -> {
                                try {
                                    DomainSummary s = summary(d);
                                    int[] i = {e};
                                    DomainEvent.Kind[] k = {
                                        DomainEvent.Kind.DEFINED,
                                        DomainEvent.Kind.UNDEFINED,
                                        DomainEvent.Kind.STARTED,
                                        DomainEvent.Kind.SUSPENDED,
                                        DomainEvent.Kind.RESUMED,
                                        DomainEvent.Kind.STOPPED,
                                        DomainEvent.Kind.SHUTDOWN,
                                        DomainEvent.Kind.PMSUSPENDED,
                                        DomainEvent.Kind.CRASHED
                                    };
                                    new Thread(() -> l.happened(new DomainEvent(s.uuid(), s.name(), k[i[0]]))).start();
                                } catch (LibvirtFailure x) {
                                }
                                return 0;
                            };
                            V.I.virConnectDomainEventRegisterAny(c, null, 0, ev, null, null);
                            l.connected();
                            while (V.I.virConnectIsAlive(c) == 1) Thread.sleep(500);
                            l.disconnected("lost");
                        } catch (Exception e) {
                            l.disconnected(e.getMessage());
                        }
                        try {
                            Thread.sleep(1000);
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                },
                "libvirt");
        t.setDaemon(true);
        t.start();
    }
}
