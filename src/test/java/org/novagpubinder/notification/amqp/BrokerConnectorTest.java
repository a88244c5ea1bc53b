package org.novagpubinder.notification.amqp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.AuthenticationFailureException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A broker's name that has several addresses. */
class BrokerConnectorTest {
    private static final Address V4 = new Address("127.0.0.1", 5672);
    private static final Address V6 = new Address("::1", 5672);

    private final IOException nobody = new ConnectException("Connection refused");
    private final IOException noRoute = new SocketException("Network is unreachable");
    private final IOException password = new AuthenticationFailureException("ACCESS_REFUSED");
    private final IOException silence = new SocketTimeoutException("connect timed out");

    @Test
    void theAddressThatAnsweredIsTheOneThatIsTold() {
        assertThatThrownBy(() -> connect(password, nobody)).isSameAs(password);
        assertThatThrownBy(() -> connect(nobody, password)).isSameAs(password);
        assertThatThrownBy(() -> connect(password, noRoute)).isSameAs(password);
        assertThatThrownBy(() -> connect(noRoute, silence)).isSameAs(silence);
    }

    @Test
    void whereNobodyAnswersTheLastIsTold() {
        assertThatThrownBy(() -> connect(noRoute, nobody)).isSameAs(nobody);
    }

    private static void connect(IOException v4, IOException v6) throws Exception {
        Map<Address, IOException> said = Map.of(V4, v4, V6, v6);
        BrokerConnector.firstOf(List.of(V4, V6), a -> {
            throw said.get(a);
        });
    }
}
