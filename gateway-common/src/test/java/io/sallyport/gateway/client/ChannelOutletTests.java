package io.sallyport.gateway.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ChannelOutletTests {
    @Test
    void itIsFullUntilWhatIsUnsentHasGone() {
        EmbeddedChannel channel = new EmbeddedChannel();
        ChannelOutlet outlet = new ChannelOutlet(channel);
        int[] told = {0};
        assertThat(outlet.isFull()).isFalse();

        var _ = channel.write(Unpooled.wrappedBuffer(new byte[100_000]));
        assertThat(outlet.isFull()).isTrue();
        outlet.whenDrained(() -> told[0] += 100);
        outlet.whenDrained(() -> told[0]++);
        assertThat(told[0]).isZero();

        channel.flush();
        assertThat(outlet.isFull()).isFalse();
        assertThat(told[0]).as("the last task, once").isOne();
        channel.finishAndReleaseAll();
    }
}
