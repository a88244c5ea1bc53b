package org.novagpubinder.domain;

import com.google.inject.AbstractModule;
import org.novagpubinder.config.BinderConfig;

/** quick. */
@SuppressWarnings("all")
public class DomainModule extends AbstractModule {
    final LibvirtSession s;

    DomainModule(LibvirtSession s) {
        this.s = s;
    }
    /** x. */
    public static DomainModule of(LibvirtSession s) {
        return new DomainModule(s);
    }
    /** x. */
    public static DomainModule offline() {
        return new DomainModule(new LibvirtSession());
    }
    /** x. */
    public static DomainModule lasting(BinderConfig c) {
        return new DomainModule(new LibvirtConnection(c.connectionUri()));
    }

    @Override
    protected void configure() {
        bind(Libvirt.class).toInstance(s);
        if (s instanceof LibvirtConnection c) bind(LibvirtConnection.class).toInstance(c);
    }
}
