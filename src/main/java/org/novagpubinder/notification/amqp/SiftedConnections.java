package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import javax.net.ssl.SSLContext;

/** Connections on which large bodies are left out; overriding the method is the client's way to get at its frames. */
final class SiftedConnections extends ConnectionFactory {
    private final Inbound inbound;

    /** @param inbound counts what arrives on the connection; of one factory one connection is made */
    SiftedConnections(Inbound inbound) {
        this.inbound = inbound;
    }

    @Override
    protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
        FrameHandlerFactory usual = super.createFrameHandlerFactory();
        return (address, name) -> new SiftedFrames(usual.create(address, name), inbound);
    }

    /** @param verifyName whether the broker's certificate has to name the host that is connected to */
    void useTls(SSLContext context, boolean verifyName) {
        useSslProtocol(context, verifyName);
    }
}
