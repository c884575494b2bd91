using Vaka.Plugins.Host.Actions.Queue;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

public class ExecutionMessageTests
{
    private static readonly WaitingExecution Execution =
        new(new Guid("0192f0c1-2a3b-7c4d-8e5f-60718293a4b5"), new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    // Hosts of two versions read each other's messages.
    [Fact]
    public void Write_IsTheIdAndTheLaneAsTheyAreWritten() =>
        Assert.Equal("0192F0C12A3B7C4D8E5F60718293A4B500112233445566778899AABBCCDDEEFF", Convert.ToHexString(ExecutionMessage.Write(Execution)));

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() => Assert.Equal(Execution, ExecutionMessage.Read(ExecutionMessage.Write(Execution)));

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void Read_OfAnotherLength_IsNothing(int length) => Assert.Null(ExecutionMessage.Read(new byte[length]));
}
