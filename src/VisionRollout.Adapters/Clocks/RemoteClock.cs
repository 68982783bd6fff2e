using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Clocks;

/// <summary>Follows a clock service: <c>GET {clock}</c> tells the time, <c>POST {clock}/wait</c> returns when a time has come.
/// A rehearsal's service advances its virtual time instead of waiting.</summary>
public sealed class RemoteClock : IRolloutClock
{
    /// <summary>A service that answers a wait too early is asked again after this.</summary>
    private static readonly TimeSpan EarlyPause = TimeSpan.FromMilliseconds(200);

    private readonly OutsideHttp http;
    private readonly OutsideSystem system;

    /// <summary>Follows the service at an address.</summary>
    public RemoteClock(OutsideHttp http, Uri address)
    {
        this.http = http;
        system = new OutsideSystem("The clock service", "Clock", "Endpoints.Clock", address);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> GetNowAsync(CancellationToken token) => Time(await http.GetJsonAsync(system, system.Address, token));

    /// <inheritdoc/>
    public async Task WaitUntilAsync(DateTimeOffset until, CancellationToken token)
    {
        var body = new JsonObject { ["until"] = until.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) };
        while (true)
        {
            var answer = await http.PostAsync(system, system.Below("wait"), body, key: null, Timeout.InfiniteTimeSpan, token);
            if (Time(OutsideHttp.Parse(system, answer)) >= until) return;
            await Task.Delay(EarlyPause, token);
        }
    }

    private DateTimeOffset Time(JsonNode answer) =>
        DateTimeOffset.TryParse((string?)answer["now"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var now) ? now
        : throw new RolloutException("ClockAnswerDamaged", RolloutErrorKind.Corrupt, $"{system.Place} tells no time.", "Check Endpoints.Clock of the environment in the plan.");
}
