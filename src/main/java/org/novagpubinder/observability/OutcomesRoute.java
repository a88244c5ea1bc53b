package org.novagpubinder.observability;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.binding.report.LastOutcomes;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.observability.http.HttpRoute;
import org.novagpubinder.placement.model.Reason;

/** {@code /outcomes}: what became of the last look at each guest, for {@code status}. Those that have no GPU are left out. */
record OutcomesRoute(LastOutcomes last) implements HttpRoute {
    private static final int OK = 200;

    @Inject
    OutcomesRoute {}

    @Override
    public String path() {
        return "/outcomes";
    }

    @Override
    public HttpReply reply(Optional<String> accept) {
        List<LastOutcome> guests = last.all().stream()
                .filter(o -> o.reasons().get(0).code() != Reason.Code.NO_GPU)
                .toList();
        return HttpReply.json(OK, JsonParts.text(OutcomesJson.write(guests)));
    }
}
