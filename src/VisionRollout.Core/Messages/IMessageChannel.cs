namespace VisionRollout.Core.Messages;

/// <summary>A place where messages about the rollout go.</summary>
public interface IMessageChannel
{
    /// <summary>Sends a message; the key makes a repeated delivery recognisable.</summary>
    /// <exception cref="Errors.RolloutException">The channel refuses or does not answer.</exception>
    Task SendAsync(RolloutMessage message, CancellationToken token);
}
