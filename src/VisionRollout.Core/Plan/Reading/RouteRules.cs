namespace VisionRollout.Core.Plan.Reading;

/// <summary>Rules of an environment's routes.</summary>
internal static class RouteRules
{
    /// <summary>Checks them.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        for (var index = 0; index < plan.Environments.Count; index++)
        {
            var (environment, path) = (plan.Environments[index], $"Environments[{index}]");
            var routes = environment.Routes.Select((route, number) => (Path: number == 0 ? $"{path}.Route" : $"{path}.MoreRoutes[{number - 1}]", Route: route)).ToList();
            foreach (var (place, route) in routes) Check(route, place, log);
            UniqueNames.Among(log, "route", routes.Select(item => ($"{item.Path}.Name", item.Route.Name)));
            if (environment.Route.Services.Count > 0) log.Report($"{path}.Route.Services", "the environment's own route has all services that no other one has.", "Leave it out; name services in MoreRoutes only.");
            var services = routes.Skip(1).SelectMany(item => item.Route.Services.Select((service, number) => (Path: $"{item.Path}.Services[{number}]", Name: service))).ToList();
            foreach (var (place, name) in services.Where(item => item.Name.Length > 0 && plan.FindService(item.Name) is null))
                log.Report(place, $"the plan has no service '{name}'.", NearestName.Suggest(name, [.. plan.Services.Select(service => service.Name)]));
            UniqueNames.Among(log, "service", services);
        }
    }

    private static void Check(PlanRoute route, string path, PlanLog log)
    {
        // Colours that share a host are told apart by their subsets.
        if (route.Subsets.Count == 0) UniqueNames.Among(log, "host", route.Hosts.Select(item => ($"{path}.Hosts.{item.Key}", item.Value)));
        else UniqueNames.Among(log, "subset", route.Subsets.Select(item => ($"{path}.Subsets.{item.Key}", item.Value)));
        if (route.Subsets.Count > 0 && route.Kind == "HTTPRoute") log.Report($"{path}.Subsets", "an HTTPRoute has no subsets.", "Give each colour a Service of its own in Hosts.");
    }
}
