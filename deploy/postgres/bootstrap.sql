-- What only a superuser may create in the cadastre's database: the operator by which an exclusion
-- constraint tells that two polygons share ground (their insides meet; neighbours that only touch do
-- not). Run before the first migration; harmless to repeat. Everything is schema-qualified, because
-- pg_restore works with an empty search path.
do $bootstrap$
begin
  if to_regprocedure('public.ground_overlap(polygon, polygon)') is null then
    create function public.ground_overlap(polygon, polygon) returns boolean
      language sql immutable strict parallel safe
      as $$ select public.ST_Relate($1::public.geometry, $2::public.geometry, 'T********') $$;
  end if;

  if to_regoperator('public.&#&(polygon, polygon)') is null then
    create operator public.&#& (
      leftarg = polygon, rightarg = polygon, function = public.ground_overlap,
      commutator = operator(public.&#&), restrict = areasel, join = areajoinsel
    );
  end if;

  if not exists (
    select from pg_opclass join pg_namespace on pg_namespace.oid = opcnamespace
    where opcname = 'ground_ops' and nspname = 'public'
  ) then
    create operator class public.ground_ops for type polygon using gist as
      operator 3 public.&#&,
      function 1 gist_poly_consistent(internal, polygon, smallint, oid, internal),
      function 2 gist_box_union(internal, internal),
      function 3 gist_poly_compress(internal),
      function 5 gist_box_penalty(internal, internal, internal),
      function 6 gist_box_picksplit(internal, internal),
      function 7 gist_box_same(box, box, internal),
      storage box;
  end if;
end
$bootstrap$;
